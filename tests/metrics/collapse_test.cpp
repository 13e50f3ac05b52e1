#include "metrics/collapse.hpp"

#include "tests/metrics/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;

TEST(KlDivergence, ClosedForms) {
  const auto mean = matrix64({{0, 1, 0}});
  const auto log_variance = matrix64({{std::log(4.0), 0, 0}});
  EXPECT_LT(largest_difference(kl_per_dimension(mean, log_variance), vector64({0.806852819440, 0.5, 0})),
            1e-12);
}

TEST(KlDivergence, PerDimensionIsTheMeanOverSamples) {
  const auto mean = matrix64({{1, 0}, {3, 2}});
  const auto zeros = torch::zeros_like(mean);
  EXPECT_LT(largest_difference(kl_per_sample(mean, zeros), matrix64({{0.5, 0}, {4.5, 2}})), 1e-15);
  EXPECT_LT(largest_difference(kl_per_dimension(mean, zeros), vector64({2.5, 1})), 1e-15);
}

TEST(KlDivergence, OfTheRankReducedExample) {  // diag(3, 4) cut to rank 1 has the one coefficient row (0, 4).
  const auto kl = kl_per_sample(matrix64({{0}, {4}}), matrix64({{0}, {0}}));
  EXPECT_DOUBLE_EQ(kl.sum().item<double>(), 8.0);
}

TEST(KlDivergence, KeepsItsDigitsNearThePrior) {
  const auto kl = kl_per_sample(matrix64({{0}}), matrix64({{1e-6}}));
  EXPECT_NEAR(kl.item<double>() / 0.25e-12, 1.0, 1e-4);  // log_variance^2 / 4; naively 0.3 % off.
}

TEST(KlDivergence, RefusesPosteriorsThatAreNone) {
  const auto zeros = torch::zeros({4, 2});
  EXPECT_THAT(complaint([&] { kl_per_sample(zeros, torch::zeros({4, 3})); }), HasSubstr("[4, 3]"));
  EXPECT_THAT(complaint([&] {
                kl_per_sample(zeros, torch::full({4, 2}, kInfinity));
              }),
              HasSubstr("log variance"));
  EXPECT_THAT(complaint([&] {
                kl_per_dimension(torch::zeros({0, 2}), torch::zeros({0, 2}));
              }),
              HasSubstr("no samples"));
}

TEST(ActiveUnits, AreThoseWhosePosteriorMeanVaries) {
  // Variances 0.08, 0.005 and 0; the last has KL 12.5 and is inactive all the same.
  const auto mean = matrix64({{0.2, 0.05, 5}, {-0.2, -0.05, 5}});
  EXPECT_LT(largest_difference(coefficient_variance(mean), vector64({0.08, 0.005, 0})), 1e-15);
  EXPECT_EQ(active_units(mean), 1);
  EXPECT_EQ(active_units(mean, 0.001), 2);
  EXPECT_NEAR(kl_per_dimension(mean, torch::zeros_like(mean))[2].item<double>(), 12.5, 1e-12);
}

TEST(ActiveUnits, ThresholdIsStrict) {
  EXPECT_EQ(active_units(matrix64({{1}, {-1}}), 2.0), 0);
  EXPECT_EQ(active_units(matrix64({{1}, {-1}}), 1.999), 1);
}

TEST(ActiveUnits, NeedTwoSamples) {
  EXPECT_THAT(complaint([] { active_units(torch::zeros({1, 4})); }), HasSubstr("got 1"));
  EXPECT_THAT(complaint([] { active_units(torch::zeros({4})); }), HasSubstr("[4]"));
}

TEST(LowVarianceFraction, HasNoUnit) {
  // Variances 2, 0.0162, 0.0002 and 0.
  const auto coefficients = matrix64({{1, 0.09, 0.01, 5}, {-1, -0.09, -0.01, 5}});
  EXPECT_DOUBLE_EQ(low_variance_fraction(coefficients), 0.75);
  EXPECT_DOUBLE_EQ(low_variance_fraction(1e6 * coefficients), 0.75);
  EXPECT_DOUBLE_EQ(low_variance_fraction(coefficients, 1e-3), 0.5);
  EXPECT_DOUBLE_EQ(low_variance_fraction(torch::ones({3, 2})), 1.0);
  EXPECT_THAT(complaint([&] { low_variance_fraction(coefficients, 1.0); }), HasSubstr("share 1"));
  EXPECT_THAT(complaint([&] { low_variance_fraction(torch::ones({3, 0})); }), HasSubstr("0 dimensions"));
}

TEST(CollapsedFraction, CountsSamplesExactly) {
  auto kl = torch::zeros({100, 2}, torch::kFloat64);
  kl[0][0] = 10.0;  // 99 of 100 below epsilon: collapsed at delta 0.01.
  kl[0][1] = 10.0;  // 98 of 100: not.
  kl[1][1] = 10.0;
  EXPECT_DOUBLE_EQ(collapsed_fraction(kl, 0.01, 0.01), 0.5);
  EXPECT_DOUBLE_EQ(collapsed_fraction(kl, 0.01, 0.0), 0.0);
  EXPECT_DOUBLE_EQ(collapsed_fraction(kl, 0.01, 0.02), 1.0);
  EXPECT_DOUBLE_EQ(collapsed_fraction(kl, 11.0, 0.0), 1.0);
}

TEST(CollapsedFraction, EpsilonIsStrict) {
  EXPECT_DOUBLE_EQ(collapsed_fraction(matrix64({{0.5}, {0.5}}), 0.5), 0.0);
}

TEST(CollapsedFraction, RefusesThresholdsThatAreNone) {
  const auto kl = torch::zeros({2, 2});
  EXPECT_THAT(complaint([&] { collapsed_fraction(kl, 0.0); }), HasSubstr("epsilon 0"));
  EXPECT_THAT(complaint([&] { collapsed_fraction(kl, 0.1, 1.0); }), HasSubstr("delta 1"));
  EXPECT_THAT(complaint([&] { collapsed_fraction(kl, 0.1, kNan); }), HasSubstr("delta"));
  EXPECT_THAT(complaint([&] { collapsed_fraction(torch::zeros({0, 2}), 0.1); }), HasSubstr("no values"));
}

TEST(CollapsedFraction, WhatIsInfiniteIsAboveEveryEpsilonAndWhatIsNoNumberIsRefused) {
  EXPECT_DOUBLE_EQ(collapsed_fraction(matrix64({{0.0, kInfinity}, {0.0, 0.0}}), 1e300), 0.5);
  EXPECT_THAT(complaint([&] {
                collapsed_fraction(matrix64({{0.0, kNan}}), 0.1);
              }),
              HasSubstr("not a number"));
}

}  // namespace
}  // namespace rraebench
