#include "metrics/path_length.hpp"

#include "tests/metrics/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;

TEST(PathSmoothness, AStraightPath) {
  const auto path = torch::linspace(0, 1, 7, torch::kFloat64).view({1, 7, 1}) * vector64({3, 4});
  const auto smoothness = path_smoothness(path);
  EXPECT_NEAR(smoothness.length, 25.0, 1e-12);
  EXPECT_NEAR(smoothness.detour, 1.0, 1e-12);
}

TEST(PathSmoothness, JumpsAndBendsCost) {
  // All of the way in one of four steps; and two sides of a square instead of its diagonal.
  const auto jump = matrix64({{0}, {0}, {2}, {2}, {2}}).unsqueeze(0);
  EXPECT_NEAR(path_smoothness(jump).length, 4.0 * 4.0, 1e-12);
  EXPECT_NEAR(path_smoothness(jump).detour, 1.0, 1e-12);
  const auto bend = matrix64({{0, 0}, {1, 0}, {1, 1}}).unsqueeze(0);
  EXPECT_NEAR(path_smoothness(bend).length, 4.0, 1e-12);
  EXPECT_NEAR(path_smoothness(bend).detour, std::sqrt(2.0), 1e-12);
}

TEST(PathSmoothness, PathsThatGoNowhereHaveNoDetour) {
  const auto still = torch::ones({1, 3, 2}, torch::kFloat64);
  EXPECT_EQ(path_smoothness(still).length, 0.0);
  EXPECT_TRUE(std::isnan(path_smoothness(still).detour));
  const auto bend = matrix64({{0, 0}, {1, 0}, {1, 1}}).unsqueeze(0);
  EXPECT_NEAR(path_smoothness(torch::cat({still, bend})).detour, std::sqrt(2.0), 1e-12);
}

TEST(PathSmoothness, WhatRoundingMovesDoesNotMove) {
  // A sample with itself, whose decoded points differ in their last digits: a detour of 3, were it one.
  const auto still = matrix64({{100, 0}, {100, 1e-6}, {100, -1e-6}, {100, 1e-6}}).unsqueeze(0);
  EXPECT_TRUE(std::isnan(path_smoothness(still).detour));
  const auto bend = matrix64({{100, 0}, {101, 0}, {101, 1}, {101, 1}}).unsqueeze(0);
  EXPECT_NEAR(path_smoothness(torch::cat({still, bend})).detour, std::sqrt(2.0), 1e-12);
  // A short way is one, and so is any in features that are small themselves.
  const auto back = matrix64({{100, 0}, {100, 2e-3}, {100, 1e-3}}).unsqueeze(0);
  EXPECT_NEAR(path_smoothness(back).detour, 3.0, 1e-12);
  EXPECT_NEAR(path_smoothness(1e-9 * (back - vector64({100, 0}))).detour, 3.0, 1e-12);
}

TEST(PathSmoothness, RefusesWhatIsNoPath) {
  EXPECT_THAT(complaint([] { path_smoothness(torch::zeros({4, 2, 3})); }), HasSubstr("[4, 2, 3]"));
  EXPECT_THAT(complaint([] { path_smoothness(torch::zeros({4, 3})); }), HasSubstr("[4, 3]"));
  EXPECT_THAT(complaint([] { path_smoothness(torch::full({4, 3, 1}, kNan)); }), HasSubstr("not a number"));
}

}  // namespace
}  // namespace rraebench
