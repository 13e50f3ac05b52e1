#include "reports/analysis/figure_format.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rraebench {
namespace {

TEST(ColumnDecimals, ShowTheSmallestMeanToThreeDigits) {
  EXPECT_EQ(column_decimals({2.8134, 126.3, 42.0}, {0.1}), 2);
  EXPECT_EQ(column_decimals({42.3, 51.0}, {5.0}), 1);
  EXPECT_EQ(column_decimals({0.5213}, {}), 3);
  EXPECT_EQ(column_decimals({0.0, 0.00012}, {}), std::nullopt);
  EXPECT_EQ(column_decimals({1.0, 0.00012}, {}), 4);
}

TEST(ColumnDecimals, NoneForWholeNumbers) {
  EXPECT_EQ(column_decimals({5.0, 64.0}, {}), 0);
  EXPECT_EQ(column_decimals({5.0, 64.0}, {0.7}), 2);
  EXPECT_EQ(column_decimals({}, {}), 0);
}

TEST(ColumnDecimals, IgnoreWhatIsNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(column_decimals({infinity, std::nan(""), 2.5}, {infinity}), 2);
}

TEST(FormatFigure, Prints) {
  EXPECT_EQ(format_figure(2.8134, 2), "2.81");
  EXPECT_EQ(format_figure(-2.8134, 2), "−2.81");
  EXPECT_EQ(format_figure(-0.0001, 2), "0.00");
  EXPECT_EQ(format_figure(1.23456e-7, std::nullopt), "1.23e-07");
  EXPECT_EQ(format_figure(std::nan(""), 2), "NaN");
  EXPECT_EQ(format_figure(-std::numeric_limits<double>::infinity(), 2), "−∞");
  EXPECT_EQ(format_figure(6000.0, 0), "6000");
  EXPECT_EQ(format_figure(1234567.0, 0), "1\u202f234\u202f567");
  EXPECT_EQ(format_figure(-123456.0, 0), "−123\u202f456");
}

}  // namespace
}  // namespace rraebench
