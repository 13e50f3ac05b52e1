#include "reports/analysis/equal_rate.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

using Points = std::vector<std::pair<double, double>>;  // Rate and figure.

/// A line a model, each seed's points one below the other, of a table with the columns rate and figure.
class EqualRate : public testing::Test {
 protected:
  SweepLine add_line(const std::vector<Points>& of_seeds) {
    SweepLine line;
    for (std::size_t point = 0; point < of_seeds.front().size(); ++point) {
      std::vector<MetricCell> row(2);
      for (std::size_t seed = 0; seed < of_seeds.size(); ++seed) {
        if (point >= of_seeds[seed].size()) continue;
        row[0].values.push_back({static_cast<std::int64_t>(seed), of_seeds[seed][point].first});
        row[1].values.push_back({static_cast<std::int64_t>(seed), of_seeds[seed][point].second});
      }
      line.points.push_back({static_cast<double>(point), table_.cells.size()});
      table_.cells.push_back(row);
    }
    return line;
  }
  std::optional<AtEqualRate> compare(const SweepLine& a, const SweepLine& b) const {
    return at_equal_rate(a, b, {&table_, 0}, {&table_, 1});
  }

  MetricTable table_ = {"collapse", std::vector<MetricColumn>(2), {}, {}, {}};
};

TEST_F(EqualRate, IsTheMeanUnderStraightLinesOverTheRatesInCommon) {
  const auto a = add_line({{{0.0, 0.0}, {4.0, 4.0}, {10.0, 10.0}}});
  const auto b = add_line({{{2.0, 4.0}, {5.0, 10.0}, {8.0, 4.0}}});
  const auto equal = compare(a, b);
  ASSERT_TRUE(equal.has_value());
  EXPECT_DOUBLE_EQ(equal->from, 2.0);
  EXPECT_DOUBLE_EQ(equal->to, 8.0);
  ASSERT_EQ(equal->a.size(), 1U);
  EXPECT_DOUBLE_EQ(equal->a[0].value, 5.0);
  EXPECT_DOUBLE_EQ(equal->b[0].value, 7.0);
}

TEST_F(EqualRate, IsOfTheRatesThatEverySeedReachesInWhateverOrder) {
  const auto a = add_line({{{9.0, 1.0}, {1.0, 1.0}, {5.0, 1.0}}, {{3.0, 2.0}, {9.0, 2.0}, {7.0, 2.0}}});
  const auto b = add_line({{{0.0, 3.0}, {4.0, 3.0}, {6.0, 3.0}}, {{0.0, 5.0}, {5.0, 5.0}, {8.0, 5.0}}});
  const auto equal = compare(a, b);
  ASSERT_TRUE(equal.has_value());
  EXPECT_DOUBLE_EQ(equal->from, 3.0);
  EXPECT_DOUBLE_EQ(equal->to, 6.0);
  EXPECT_DOUBLE_EQ(equal->a[0].value, 1.0);
  EXPECT_DOUBLE_EQ(equal->a[1].value, 2.0);
  EXPECT_EQ(equal->b[1].seed, 1);
}

TEST_F(EqualRate, PointsOfOneRateCountByTheirMean) {
  const auto a = add_line({{{0.0, 1.0}, {0.0, 3.0}, {1.0, 2.0}}});
  EXPECT_DOUBLE_EQ(compare(a, a)->a[0].value, 2.0);
}

TEST_F(EqualRate, SeedsWithoutAPointDoNotCount) {
  const auto a = add_line({{{0.0, 1.0}, {4.0, 1.0}, {8.0, 1.0}}, {{5.0, 9.0}, {6.0, 9.0}}});
  const auto equal = compare(a, a);
  ASSERT_TRUE(equal.has_value());
  EXPECT_EQ(equal->a.size(), 1U);
  EXPECT_DOUBLE_EQ(equal->from, 0.0);
}

TEST_F(EqualRate, IsNothingWithoutARateInCommon) {
  const auto a = add_line({{{0.0, 1.0}, {1.0, 1.0}, {2.0, 1.0}}});
  const auto b = add_line({{{2.0, 1.0}, {3.0, 1.0}, {4.0, 1.0}}});
  EXPECT_FALSE(compare(a, b).has_value());
}

}  // namespace
}  // namespace rraebench
