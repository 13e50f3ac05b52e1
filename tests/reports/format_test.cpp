#include "reports/render/figure_format.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rraebench {
namespace {

TEST(ColumnDecimals, ShowTheSmallestMeanToThreeDigits) {
  EXPECT_EQ(column_decimals({2.8134, 126.3, 42.0}), 2);
  EXPECT_EQ(column_decimals({42.3, 51.0}), 1);
  EXPECT_EQ(column_decimals({0.5213}), 3);
  EXPECT_EQ(column_decimals({0.0, 0.00012}), std::nullopt);
  EXPECT_EQ(column_decimals({1.0, 0.00012}), 4);
}

TEST(ColumnDecimals, NoneForWholeNumbers) {
  EXPECT_EQ(column_decimals({5.0, 64.0}), 0);
  EXPECT_EQ(column_decimals({}), 0);
}

TEST(ColumnDecimals, IgnoreWhatIsNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(column_decimals({infinity, std::nan(""), 2.5}), 2);
}

TEST(FormatFigure, Prints) {
  EXPECT_EQ(format_figure(2.8134, 2), "2.81");
  EXPECT_EQ(format_figure(-2.8134, 2), "−2.81");
  EXPECT_EQ(format_figure(-0.0001, 2), "0.00");
  EXPECT_EQ(format_figure(1.23456e-7, std::nullopt), "1.23e-07");
  EXPECT_EQ(format_figure(-1673.2, std::nullopt), "−1673");
  EXPECT_EQ(format_figure(999.7, std::nullopt), "1000");
  EXPECT_EQ(format_figure(41234.5, std::nullopt, 4), "41\u202f234");
  EXPECT_EQ(format_figure(1.234e7, std::nullopt), "1.23e+07");
  EXPECT_EQ(format_figure(std::nan(""), 2), "NaN");
  EXPECT_EQ(format_figure(-std::numeric_limits<double>::infinity(), 2), "−∞");
  EXPECT_EQ(format_figure(6000.0, 0), "6000");
  EXPECT_EQ(format_figure(1234567.0, 0), "1\u202f234\u202f567");
  EXPECT_EQ(format_figure(-123456.0, 0), "−123\u202f456");
}

TEST(PrintFigure, ShowsTwoDigitsOfTheSpreadAndTheMeanToTheSamePlace) {
  const auto print = [](std::vector<double> values) {
    const auto figure = print_figure(summarise_values(std::move(values)), std::nullopt, 2);
    return figure.mean + " ± " + figure.spread;
  };
  EXPECT_EQ(print({1.0, 2.0, 3.0}), "2.0 ± 1.0");
  EXPECT_EQ(print({42.1234, 42.1236}), "42.12350 ± 0.00014");
  EXPECT_EQ(print({1000.0, 1400.0}), "1200 ± 283");
  EXPECT_EQ(print({0.9, 1.0, 1.1996}), "1.03 ± 0.15");
  EXPECT_EQ(print({10.0, 10.0996 * 2 - 10.0}), "10.10 ± 0.14");
  EXPECT_EQ(print({1.2e-7, 1.3e-7}), "1.250e-07 ± 0.071e-07");
  EXPECT_EQ(print({42.30001, 42.30003}), "42.30 ± 0") << "the rounding of single precision";
  EXPECT_EQ(print({-5.0, -5.0 - 1e-6}), "−5 ± 0") << "of a whole number";
  EXPECT_EQ(print({1.0, 1.0 + 4e-16}), "1 ± 0");
  EXPECT_EQ(print({12345670.0, 12345680.0}), "12345675.0 ± 7.1") << "as small a share, but seen";
  EXPECT_EQ(print({0.5, 0.5}), "0.50 ± 0") << "a spread that is zero";
  EXPECT_EQ(print({16.0, 16.0}), "16 ± 0");
  EXPECT_EQ(print({0.0, 0.0}), "0 ± 0");
  EXPECT_EQ(print({1.0000031, 1.0000053}), "1.0000042 ± 0.0000016");
}

TEST(PrintFigure, HasNoSpreadWithoutASecondValue) {
  EXPECT_EQ(print_figure(summarise_values({2.0}), std::nullopt, 1).mean, "2.0");
  EXPECT_EQ(print_figure(summarise_values({2.0}), 0.95, 1).spread, "");
  EXPECT_EQ(print_figure(summarise_values({}), 0.95, 1).mean, "");
}

TEST(PrintFigure, KeepsTwoDigitsOfASmallValueBesideLargerOnes) {
  const auto decimals = column_decimals({0.05, 0.00014, 0.00009});
  EXPECT_EQ(print_figure(summarise_values({0.05}), std::nullopt, decimals).mean, "0.0500");
  EXPECT_EQ(print_figure(summarise_values({0.00014}), std::nullopt, decimals).mean, "0.00014");
  EXPECT_EQ(print_figure(summarise_values({0.00009}), std::nullopt, decimals).mean, "9e-05");
  EXPECT_EQ(print_figure(summarise_values({0.0}), std::nullopt, decimals).mean, "0.0000");
}

TEST(PrintFigure, ShowsHalfTheIntervalWhereAsked) {
  // t of 2 degrees of freedom is 4.303 at 95 %: 4.303 / sqrt(3).
  EXPECT_EQ(print_figure(summarise_values({1.0, 2.0, 3.0}), 0.95, 2).spread, "2.5");
}

TEST(FormatAsGiven, InventsNoDigits) {
  EXPECT_EQ(format_as_given(3.2), "3.2");
  EXPECT_EQ(format_as_given(32.42), "32.42");
  EXPECT_EQ(format_as_given(-0.5), "−0.5");
  EXPECT_EQ(format_signed(1.5, 2), "+1.50");
  EXPECT_EQ(format_signed(-1.5, 1), "−1.5");
  EXPECT_EQ(format_signed(3040.6, std::nullopt), "+3041");
  EXPECT_EQ(format_signed(0.001, 1), "0.0");
}

}  // namespace
}  // namespace rraebench
