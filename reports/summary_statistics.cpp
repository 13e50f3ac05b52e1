#include "reports/summary_statistics.hpp"

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>

namespace rraebench {
namespace {

double median_of_sorted(const std::vector<double>& values) {
  const auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

bool has_odd_one(std::vector<double> sorted) {
  if (sorted.size() < 4) return false;
  constexpr double kTimesTheRange = 3.0;
  const auto is_odd = [&](double value, const std::vector<double>& others) {
    const double range = others.back() - others.front();
    return std::abs(value - median_of_sorted(others)) > kTimesTheRange * range && value != others.front();
  };
  return is_odd(sorted.front(), {sorted.begin() + 1, sorted.end()}) ||
         is_odd(sorted.back(), {sorted.begin(), sorted.end() - 1});
}

}  // namespace

bool has_mean(const SummaryStatistics& summary) {
  return summary.count > 0 && std::isfinite(summary.mean);
}

SummaryStatistics summarise_values(std::vector<double> values) {
  SummaryStatistics summary;
  summary.count = values.size();
  if (values.empty()) return summary;
  const auto count = static_cast<double>(values.size());
  double sum = 0.0;
  for (const double value : values) sum += value;
  summary.mean = sum / count;
  double squares = 0.0;
  for (const double value : values) squares += (value - summary.mean) * (value - summary.mean);
  if (values.size() > 1) summary.deviation = std::sqrt(squares / (count - 1.0));
  std::sort(values.begin(), values.end());
  // The sum's rounding error is no spread.
  if (values.front() == values.back()) {
    summary.mean = values.front();
    if (summary.deviation) summary.deviation = 0.0;
  }
  summary.minimum = values.front();
  summary.median = median_of_sorted(values);
  summary.maximum = values.back();
  summary.odd_one = has_odd_one(std::move(values));
  return summary;
}

std::optional<double> interval_half_width(const SummaryStatistics& summary, double confidence) {
  if (!summary.deviation) return std::nullopt;
  const auto count = static_cast<double>(summary.count);
  const boost::math::students_t student(count - 1.0);
  return boost::math::quantile(student, 0.5 + 0.5 * confidence) * *summary.deviation / std::sqrt(count);
}

}  // namespace rraebench
