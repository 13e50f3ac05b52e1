#pragma once
// Implements: Welch's test of whether two samples have the same mean.

#include <vector>

namespace rraebench {

struct WelchTest {
  double difference = 0.0;  // Mean of `a` less mean of `b`.
  double p_value = 1.0;     // Two-sided.
  double lower = 0.0;       // The difference's interval at the confidence asked for;
  double upper = 0.0;       // infinite where a sample has one value.
};

/// Variances need not agree. Without any spread the p-value is 0 or, for equal means, 1; with fewer than two
/// values on a side it is 1. Source: Welch 1947.
WelchTest welch_test(const std::vector<double>& a, const std::vector<double>& b, double confidence = 0.95);

}  // namespace rraebench
