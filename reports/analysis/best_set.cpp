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
  std::size_t measured = 0;
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto& candidate = candidates[i];
    if (!candidate.values.empty()) ++measured;
    if (candidate.eligible && candidate.values.size() >= kFewestSeeds && is_finite(candidate))
      chosen.push_back(i);
  }
  if (measured < 2) {
    best.verdict = BestVerdict::kOneModel;
    return best;
  }
  if (chosen.size() < 2) {
    best.verdict = BestVerdict::kTooFewSeeds;
    return best;
  }
  std::vector<std::pair<std::size_t, std::size_t>> pairs;  // Into `chosen`.
  for (std::size_t a = 0; a < chosen.size(); ++a)
    for (std::size_t b = a + 1; b < chosen.size(); ++b) pairs.emplace_back(a, b);
  best.pairs = pairs.size();
  const auto common = seeds_in_common(candidates, chosen);
  const bool permute = can_permute(common.size(), pairs.size());
  best.test = permute ? PairTest::kPermutation : PairTest::kWelch;
  best.seeds = common.size();
  if (!permute) {
    best.seeds = candidates[chosen.front()].values.size();
    for (const auto index : chosen) best.seeds = std::min(best.seeds, candidates[index].values.size());
  }
  std::vector<double> p_values;
  for (const auto& [a, b] : pairs) {
    const auto& left = candidates[chosen[a]];
    const auto& right = candidates[chosen[b]];
    p_values.push_back(permute ? paired_p(left, right, common)
                               : welch_test(values_of(left), values_of(right)).p_value);
  }
  p_values = holm_adjusted(p_values);
  const auto is_better = [&](std::size_t a, std::size_t b) {
    const double difference = mean_of(candidates[chosen[a]]) - mean_of(candidates[chosen[b]]);
    return better == "lower" ? difference < 0.0 : difference > 0.0;
  };
  std::size_t leader = 0;
  for (std::size_t i = 1; i < chosen.size(); ++i)
    if (is_better(i, leader)) leader = i;
  std::vector<bool> alike(chosen.size(), true);
  for (std::size_t i = 0; i < pairs.size(); ++i)
    if (p_values[i] < kSignificance) {
      if (pairs[i].first == leader) alike[pairs[i].second] = false;
      if (pairs[i].second == leader) alike[pairs[i].first] = false;
    }
  if (std::all_of(alike.begin(), alike.end(), [](bool same) { return same; })) {
    best.verdict = BestVerdict::kNoDifference;
    return best;
  }
  best.verdict = BestVerdict::kMarked;
  best.leader = chosen[leader];
  std::optional<std::size_t> best_of_the_rest;
  for (std::size_t i = 0; i < chosen.size(); ++i)
    if (!alike[i] && (!best_of_the_rest || is_better(i, *best_of_the_rest))) best_of_the_rest = i;
  for (std::size_t i = 0; i < chosen.size(); ++i)
    if (alike[i] && is_better(i, *best_of_the_rest)) best.members.push_back(chosen[i]);
  return best;
}

}  // namespace rraebench
