#include "reports/analysis/welch_test.hpp"

#include "reports/summary_statistics.hpp"

#include <boost/math/distributions/students_t.hpp>

#include <cmath>
#include <limits>

namespace rraebench {

WelchTest welch_test(const std::vector<double>& a, const std::vector<double>& b, double confidence) {
  const auto left = summarise_values(a);
  const auto right = summarise_values(b);
  WelchTest test;
  test.difference = left.mean - right.mean;
  test.lower = -std::numeric_limits<double>::infinity();
  test.upper = std::numeric_limits<double>::infinity();
  if (!left.deviation || !right.deviation || !std::isfinite(test.difference)) return test;
  const double left_share = *left.deviation * *left.deviation / static_cast<double>(left.count);
  const double right_share = *right.deviation * *right.deviation / static_cast<double>(right.count);
  const double variance = left_share + right_share;
  if (!(variance > 0.0)) {
    test.p_value = test.difference == 0.0 ? 1.0 : 0.0;
    test.lower = test.upper = test.difference;
    return test;
  }
  const double freedom = variance * variance /
                         (left_share * left_share / static_cast<double>(left.count - 1) +
                          right_share * right_share / static_cast<double>(right.count - 1));
  const boost::math::students_t student(freedom);
  const double t = std::abs(test.difference) / std::sqrt(variance);
  test.p_value = 2.0 * boost::math::cdf(boost::math::complement(student, t));
  const double half = boost::math::quantile(student, 0.5 + 0.5 * confidence) * std::sqrt(variance);
  test.lower = test.difference - half;
  test.upper = test.difference + half;
  return test;
}

}  // namespace rraebench
