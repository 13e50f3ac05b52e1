#pragma once
// Implements: the paired permutation test of whether differences have the mean zero.

#include <cstddef>
#include <vector>

namespace rraebench {

/// Pairs up to which all changes of sign are counted; above, the test is Wilcoxon's of signed ranks.
constexpr std::size_t kMostPermutedPairs = 16;

/// Two-sided p-value: the share of all 2^n changes of sign of the differences whose mean is as far from zero
/// as theirs; 1 for none. Above kMostPermutedPairs, Wilcoxon's signed ranks by the normal approximation with
/// the correction for ties and without that for continuity, zeros left out. Sources: Fisher 1935; Wilcoxon
/// 1945.
double paired_permutation_test(const std::vector<double>& differences);

/// The smallest p-value that so many pairs can give.
double smallest_permutation_p(std::size_t pairs);

}  // namespace rraebench
