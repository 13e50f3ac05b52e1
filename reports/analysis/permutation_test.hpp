#pragma once
// Implements: the paired permutation test of whether differences have the mean zero, and its interval.

#include <cstddef>
#include <vector>

namespace rraebench {

/// Pairs up to which all changes of sign are counted; above, kDrawnSigns random ones are, always the same.
constexpr std::size_t kMostPermutedPairs = 16;
constexpr std::size_t kDrawnSigns = 9999;

/// Two-sided p-value: the share of all 2^n changes of sign of the differences whose mean is as far from zero
/// as theirs; 1 for none. Of random ones theirs counts as one more, so that the test is exact (Phipson &
/// Smyth 2010). Source: Fisher 1935.
double paired_permutation_test(const std::vector<double>& differences);

/// The smallest p-value that so many pairs can give.
double smallest_permutation_p(std::size_t pairs);

struct PermutationInterval {
  double lower = 0.0;
  double upper = 0.0;
};

/// The means that the test of the differences less that mean does not reject at 1 - confidence: order
/// statistics of the means of subsets of the differences (Hartigan 1969). Infinite where so few pairs reject
/// nothing (below six at 0.95).
PermutationInterval paired_permutation_interval(const std::vector<double>& differences, double confidence);

}  // namespace rraebench
