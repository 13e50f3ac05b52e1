#include "reports/analysis/best_set.hpp"

#include "reports/analysis/holm.hpp"
#include "reports/analysis/permutation_test.hpp"
#include "reports/analysis/welch_test.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace rraebench {
namespace {

constexpr std::size_t kFewestPairs = 6;
// A test whose smallest p-value barely reaches significance finds only differences without any exception.
constexpr double kRoom = 0.2;

std::vector<double> values_of(const Candidate& candidate) {
  std::vector<double> values;
  for (const auto& entry : candidate.values) values.push_back(entry.value);
  return values;
}

double mean_of(const Candidate& candidate) {
  double sum = 0.0;
  for (const auto& entry : candidate.values) sum += entry.value;
  return sum / static_cast<double>(candidate.values.size());
}

bool is_finite(const Candidate& candidate) {
  return std::all_of(candidate.values.begin(), candidate.values.end(),
                     [](const SeedValue& entry) { return std::isfinite(entry.value); });
}

std::int64_t count_measured(const std::vector<Candidate>& all) {
  return std::count_if(all.begin(), all.end(),
                       [](const Candidate& candidate) { return !candidate.values.empty(); });
}

/// Indices of those that a test can be made of.
std::vector<std::size_t> choose_testable(const std::vector<Candidate>& all) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].eligible && all[i].values.size() >= kFewestSeeds && is_finite(all[i])) chosen.push_back(i);
  return chosen;
}

std::size_t fewest_seeds(const std::vector<Candidate>& all, const std::vector<std::size_t>& chosen) {
  auto fewest = all[chosen.front()].values.size();
  for (const auto index : chosen) fewest = std::min(fewest, all[index].values.size());
  return fewest;
}

std::set<std::int64_t> seeds_in_common(const std::vector<Candidate>& all,
                                       const std::vector<std::size_t>& chosen) {
  std::set<std::int64_t> common;
  for (const auto& entry : all[chosen.front()].values) common.insert(entry.seed);
  for (const auto index : chosen) {
    std::set<std::int64_t> kept;
    for (const auto& entry : all[index].values)
      if (common.count(entry.seed) > 0) kept.insert(entry.seed);
    common = std::move(kept);
  }
  return common;
}

double paired_p(const Candidate& a, const Candidate& b, const std::set<std::int64_t>& seeds) {
  std::vector<double> differences;
  auto other = b.values.begin();
  for (const auto& entry : a.values) {
    if (seeds.count(entry.seed) == 0) continue;
    while (other->seed != entry.seed) ++other;
    differences.push_back(entry.value - other->value);
  }
  return paired_permutation_test(differences);
}

using TestedPair = std::pair<std::size_t, std::size_t>;  // Indices of candidates.

std::vector<TestedPair> all_pairs(const std::vector<std::size_t>& chosen) {
  std::vector<TestedPair> pairs;
  for (auto a = chosen.begin(); a != chosen.end(); ++a)
    for (auto b = a + 1; b != chosen.end(); ++b) pairs.emplace_back(*a, *b);
  return pairs;
}

/// With Holm's correction. `seeds`: in common.
std::vector<double> p_values_of(const std::vector<Candidate>& all, const std::vector<TestedPair>& pairs,
                                PairTest test, const std::set<std::int64_t>& seeds) {
  std::vector<double> p_values;
  for (const auto& [a, b] : pairs)
    p_values.push_back(test == PairTest::kPermutation
                           ? paired_p(all[a], all[b], seeds)
                           : welch_test(values_of(all[a]), values_of(all[b])).p_value);
  return holm_adjusted(p_values);
}

/// What differs from `leader` by the tests of all pairs.
std::vector<std::size_t> told_from(std::size_t leader, const std::vector<TestedPair>& pairs,
                                   const std::vector<double>& p_values) {
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto& [a, b] = pairs[i];
    if (p_values[i] < kSignificance && (a == leader || b == leader)) others.push_back(a == leader ? b : a);
  }
  return others;
}

}  // namespace

const char* pair_test_name(PairTest test) {
  switch (test) {
    case PairTest::kPermutation:
      return "paired permutation test";
    case PairTest::kWelch:
      return "Welch's test";
    case PairTest::kNone:
      break;
  }
  return "";
}

bool can_permute(std::size_t pairs, std::size_t tests) {
  return pairs >= kFewestPairs &&
         smallest_permutation_p(pairs) * static_cast<double>(tests) <= kRoom * kSignificance;
}

BestSet find_best(const std::vector<Candidate>& candidates, const std::string& better) {
  BestSet best;
  if (better != "lower" && better != "higher") return best;
  const auto chosen = choose_testable(candidates);
  if (count_measured(candidates) < 2) {
    best.verdict = BestVerdict::kOneModel;
    return best;
  }
  if (chosen.size() < 2) {
    best.verdict = BestVerdict::kTooFewSeeds;
    return best;
  }
  const auto pairs = all_pairs(chosen);
  const auto common = seeds_in_common(candidates, chosen);
  const bool permute = can_permute(common.size(), pairs.size());
  best.pairs = pairs.size();
  best.test = permute ? PairTest::kPermutation : PairTest::kWelch;
  best.seeds = permute ? common.size() : fewest_seeds(candidates, chosen);
  const auto is_better = [&](std::size_t a, std::size_t b) {
    const double difference = mean_of(candidates[a]) - mean_of(candidates[b]);
    return better == "lower" ? difference < 0.0 : difference > 0.0;
  };
  const auto leader = *std::min_element(chosen.begin(), chosen.end(), is_better);
  const auto worse = told_from(leader, pairs, p_values_of(candidates, pairs, best.test, common));
  if (worse.empty()) {
    best.verdict = BestVerdict::kNoDifference;
    return best;
  }
  best.verdict = BestVerdict::kMarked;
  best.leader = leader;
  const auto best_of_the_worse = *std::min_element(worse.begin(), worse.end(), is_better);
  for (const auto index : chosen)
    if (std::find(worse.begin(), worse.end(), index) == worse.end() && is_better(index, best_of_the_worse))
      best.members.push_back(index);
  return best;
}

}  // namespace rraebench
