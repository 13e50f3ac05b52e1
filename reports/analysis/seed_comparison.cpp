#include "reports/analysis/seed_comparison.hpp"

#include "reports/analysis/permutation_test.hpp"
#include "reports/analysis/welch_test.hpp"
#include "reports/summary_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rraebench {
namespace {

std::vector<double> values_of(const std::vector<SeedValue>& entries) {
  std::vector<double> values;
  for (const auto& entry : entries) values.push_back(entry.value);
  return values;
}

std::vector<double> paired_differences(const std::vector<SeedValue>& a, const std::vector<SeedValue>& b) {
  std::vector<double> differences;
  auto other = b.begin();
  for (const auto& entry : a) {
    while (other != b.end() && other->seed < entry.seed) ++other;
    if (other != b.end() && other->seed == entry.seed) differences.push_back(entry.value - other->value);
  }
  return differences;
}

}  // namespace

SeedComparison compare_seeds(const std::vector<SeedValue>& a, const std::vector<SeedValue>& b,
                             double confidence) {
  SeedComparison comparison;
  comparison.seeds = std::min(a.size(), b.size());
  const auto welch = welch_test(values_of(a), values_of(b), confidence);
  comparison.difference = welch.difference;
  comparison.lower = -std::numeric_limits<double>::infinity();
  comparison.upper = std::numeric_limits<double>::infinity();
  if (comparison.seeds < kFewestSeeds || !std::isfinite(welch.difference)) return comparison;
  comparison.test = PairTest::kWelch;
  comparison.p_value = welch.p_value;
  comparison.lower = welch.lower;
  comparison.upper = welch.upper;
  const auto differences = paired_differences(a, b);
  if (differences.size() != std::max(a.size(), b.size()) || !can_permute(differences.size(), 1))
    return comparison;
  const auto interval = paired_permutation_interval(differences, confidence);
  return {PairTest::kPermutation,
          differences.size(),
          summarise_values(differences).mean,
          paired_permutation_test(differences),
          interval.lower,
          interval.upper};
}

}  // namespace rraebench
