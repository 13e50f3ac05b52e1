#include "reports/analysis/holm.hpp"
#include "reports/analysis/permutation_test.hpp"
#include "reports/analysis/welch_test.hpp"
#include "reports/summary_statistics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace rraebench {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;

TEST(SummariseValues, GivesMeanDeviationMedianAndRange) {
  const auto summary = summarise_values({5.0, 1.0, 4.0, 2.0});
  EXPECT_EQ(summary.count, 4U);
  EXPECT_DOUBLE_EQ(summary.mean, 3.0);
  EXPECT_DOUBLE_EQ(*summary.deviation, std::sqrt(10.0 / 3.0));
  EXPECT_EQ(summary.median, 3.0);
  EXPECT_EQ(summary.minimum, 1.0);
  EXPECT_EQ(summary.maximum, 5.0);
  EXPECT_EQ(summarise_values({}).count, 0U);
  EXPECT_FALSE(summarise_values({1.0}).deviation.has_value());
}

TEST(SummariseValues, EqualValuesHaveNoDeviationWhateverTheirSumRounds) {
  EXPECT_EQ(*summarise_values({0.1, 0.1, 0.1}).deviation, 0.0);
  EXPECT_EQ(summarise_values({0.1, 0.1, 0.1}).mean, 0.1);
}

TEST(SummariseValues, FindsTheOddSeedThatDecidesTheMean) {
  EXPECT_TRUE(summarise_values({1.5, 1.7, 2.0, 80.0}).odd_one);
  EXPECT_TRUE(summarise_values({90.0, 91.0, 91.5, 2.0}).odd_one);
  EXPECT_FALSE(summarise_values({1.5, 1.7, 2.0, 2.4}).odd_one);
  EXPECT_FALSE(summarise_values({1.5, 1.7, 80.0}).odd_one) << "two values are no majority";
  EXPECT_FALSE(summarise_values({1.0, 1.0, 1.0, 1.0}).odd_one);
}

TEST(IntervalHalfWidth, IsStudents) {
  const auto summary = summarise_values({1.0, 2.0, 3.0, 4.0, 5.0});
  // 2.776445 is the 97.5 % point of t with 4 degrees of freedom.
  EXPECT_NEAR(*interval_half_width(summary, 0.95), 2.7764451 * std::sqrt(2.5) / std::sqrt(5.0), 1e-6);
  EXPECT_FALSE(interval_half_width(summarise_values({1.0}), 0.95).has_value());
}

// SciPy 1.17: ttest_ind([27.5, 21, 19, 23.6, 17], [27.1, 22, 20.8, 23.4, 23.4, 23.5], equal_var=False).
TEST(WelchTest, AgreesWithAKnownValue) {
  const auto test = welch_test({27.5, 21.0, 19.0, 23.6, 17.0}, {27.1, 22.0, 20.8, 23.4, 23.4, 23.5});
  EXPECT_NEAR(test.difference, 21.62 - 140.2 / 6.0, 1e-12);
  EXPECT_GT(test.p_value, 0.3);
  EXPECT_LT(test.p_value, 0.6);
  EXPECT_LT(test.lower, test.difference);
  EXPECT_GT(test.upper, test.difference);
}

TEST(WelchTest, EndsOfItsIntervalAreWhereThePValueIsItsLevel) {
  const std::vector<double> a = {1.0, 2.0, 4.0, 3.5};
  const std::vector<double> b = {5.0, 5.5, 9.0};
  const auto test = welch_test(a, b);
  for (const double end : {test.lower, test.upper}) {
    auto moved = a;
    for (auto& value : moved) value -= end;
    EXPECT_NEAR(welch_test(moved, b).p_value, 0.05, 1e-9);
  }
}

TEST(WelchTest, SaysNothingOfSingleValuesAndAllOfEqualOnes) {
  EXPECT_EQ(welch_test({1.0}, {2.0, 3.0}).p_value, 1.0);
  EXPECT_EQ(welch_test({}, {}).p_value, 1.0);
  EXPECT_EQ(welch_test({1.0, 1.0}, {1.0, 1.0}).p_value, 1.0);
  EXPECT_EQ(welch_test({1.0, 1.0}, {2.0, 2.0}).p_value, 0.0);
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(welch_test({infinity, infinity}, {1.0, 2.0}).p_value, 1.0);
}

TEST(PairedPermutationTest, CountsChangesOfSign) {
  EXPECT_DOUBLE_EQ(paired_permutation_test({1.0, 2.0, 3.0}), 2.0 / 8.0);
  EXPECT_DOUBLE_EQ(paired_permutation_test({1.0, -2.0, 3.0}), 6.0 / 8.0);
  EXPECT_DOUBLE_EQ(paired_permutation_test({0.1, 0.1, 0.1, 0.1, 0.1, 0.1}), 2.0 / 64.0);
  EXPECT_DOUBLE_EQ(paired_permutation_test({0.0, 0.0}), 1.0);
  EXPECT_DOUBLE_EQ(paired_permutation_test({}), 1.0);
  EXPECT_DOUBLE_EQ(smallest_permutation_p(6), 2.0 / 64.0);
}

TEST(PairedPermutationTest, DrawsWhereThereAreManyPairs) {
  std::vector<double> differences;
  for (int i = 1; i <= 20; ++i) differences.push_back(i % 4 == 0 ? -i : i);
  // So many of 2^20 changes of sign bring a sum of 90 or more, or of -90 or less.
  const double exact = 102034.0 / 1048576.0;
  EXPECT_NEAR(paired_permutation_test(differences), exact, 4.0 * std::sqrt(exact * (1.0 - exact) / 1e4));
  EXPECT_EQ(paired_permutation_test(differences), paired_permutation_test(differences));
  EXPECT_EQ(paired_permutation_test(std::vector<double>(20, 0.0)), 1.0);
  EXPECT_LE(paired_permutation_test(std::vector<double>(70, 1.0)), 2e-4) << "more than a word's bits";
  EXPECT_DOUBLE_EQ(smallest_permutation_p(40), 1e-4);
}

TEST(PairedPermutationInterval, HoldsTheMeansThatTheTestDoesNotReject) {
  std::mt19937 generator(1);
  std::normal_distribution<double> draw(0.5, 1.0);
  for (const std::size_t count : {6U, 8U, 11U, 16U, 24U}) {
    std::vector<double> differences(count);
    for (auto& difference : differences) difference = draw(generator);
    const auto interval = paired_permutation_interval(differences, 0.95);
    const auto p_of_mean = [&](double mean) {
      auto shifted = differences;
      for (auto& difference : shifted) difference -= mean;
      return paired_permutation_test(shifted);
    };
    const double hair = 1e-6;
    EXPECT_GT(p_of_mean(interval.lower + hair), 0.05) << count;
    EXPECT_LE(p_of_mean(interval.lower - hair), 0.05) << count;
    EXPECT_GT(p_of_mean(interval.upper - hair), 0.05) << count;
    EXPECT_LE(p_of_mean(interval.upper + hair), 0.05) << count;
  }
  const auto six = paired_permutation_interval({3.0, 1.0, 2.0, 6.0, 5.0, 4.0}, 0.95);
  EXPECT_EQ(six.lower, 1.0);
  EXPECT_EQ(six.upper, 6.0);
  EXPECT_TRUE(std::isinf(paired_permutation_interval({1.0, 2.0, 3.0, 4.0, 5.0}, 0.95).lower));
}

TEST(HolmAdjusted, StepsDownAndKeepsTheOrder) {
  EXPECT_THAT(holm_adjusted({0.01, 0.04, 0.03}), ElementsAre(DoubleEq(0.03), DoubleEq(0.06), DoubleEq(0.06)));
  EXPECT_THAT(holm_adjusted({0.5, 0.9}), ElementsAre(1.0, 1.0));
  EXPECT_THAT(holm_adjusted({}), ElementsAre());
}

}  // namespace
}  // namespace rraebench
