#pragma once
// Implements: mean, sample standard deviation, median and range of figures over seeds, and Student's interval
// around the mean.

#include <cstddef>
#include <optional>
#include <vector>

namespace rraebench {

/// count == 0: all else is 0 or nothing.
struct SummaryStatistics {
  std::size_t count = 0;
  double mean = 0.0;
  std::optional<double> deviation;  // Sample standard deviation (n - 1); none for one value.
  double minimum = 0.0;
  double median = 0.0;
  double maximum = 0.0;
  bool odd_one = false;  // One value lies so far off that it decides the mean: the median says more.
};

/// Whether there is a mean, and it is a number.
bool has_mean(const SummaryStatistics& summary);

/// By the two-pass formula, which holds for means far above the deviation. Source: Chan, Golub and LeVeque
/// 1983. An odd one is, among four or more, one further from the median of the others than three times their
/// range.
SummaryStatistics summarise_values(std::vector<double> values);

/// Half the width of the two-sided interval that holds the mean with probability `confidence` (0.95) where
/// values are normal: t deviation / sqrt(n). None for fewer than two values. Source: Student 1908.
std::optional<double> interval_half_width(const SummaryStatistics& summary, double confidence);

}  // namespace rraebench
