#pragma once
// Implements: Holm's correction of p-values that are looked at together.

#include <vector>

namespace rraebench {

/// In the order given: the level at which each is rejected so that any false rejection among all has at most
/// that probability. Source: Holm 1979.
std::vector<double> holm_adjusted(const std::vector<double>& p_values);

}  // namespace rraebench
