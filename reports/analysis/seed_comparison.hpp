#pragma once
// Implements: two samples of figures over seeds held against each other: difference, interval and test.

#include "reports/analysis/best_set.hpp"

#include <cstddef>
#include <vector>

namespace rraebench {

struct SeedComparison {
  PairTest test = PairTest::kNone;  // None where a side has fewer than kFewestSeeds.
  std::size_t seeds = 0;            // Pairs, or the fewer of the two sides.
  double difference = 0.0;          // Mean of `a` less mean of `b`.
  double p_value = 1.0;
  double lower = 0.0;  // The differences that the test does not reject, infinite where
  double upper = 0.0;  // nothing can be said.
};

/// Seeds are paired where enough of them are shared for a permutation test to have room (can_permute()).
/// Values in order of seed.
SeedComparison compare_seeds(const std::vector<SeedValue>& a, const std::vector<SeedValue>& b,
                             double confidence = 0.95);

}  // namespace rraebench
