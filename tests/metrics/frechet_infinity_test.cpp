#include "metrics/frechet_infinity.hpp"

#include "tests/metrics/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;

/// Exactly N(0, I): as if of infinitely many samples.
FrechetReference standard_normal(std::int64_t size) {
  constexpr std::int64_t kMany = 1000000;
  return FrechetReference({kMany, torch::zeros({size}, torch::kFloat64),
                           torch::eye(size, torch::kFloat64) * static_cast<double>(kMany - 1)});
}

TEST(FrechetInfinity, TakesTheBiasOff) {
  const auto reference = standard_normal(16);
  const auto generated = normal64(2000, 16, 1);
  const auto result = frechet_infinity(reference, generated, 2);
  const double distance = reference.distance_to(moments_of(generated));
  EXPECT_GT(distance, 0.04);  // About (d^2 / 4 + 1.25 d) / n, twice that had both sides so few.
  EXPECT_LT(std::abs(result.limit), 0.25 * distance);
}

TEST(FrechetInfinity, KeepsARealDifference) {
  const auto reference = standard_normal(16);
  EXPECT_NEAR(frechet_infinity(reference, normal64(2000, 16, 1) + 0.5, 2).limit, 16 * 0.25, 0.3);
}

TEST(FrechetInfinity, SizesAreEquallySpaced) {
  const auto result = frechet_infinity(standard_normal(2), normal64(150, 2, 3), 1);
  ASSERT_EQ(result.sizes.size(), 15U);
  EXPECT_EQ(result.sizes.front(), 15);
  EXPECT_EQ(result.sizes[1], 24);
  EXPECT_EQ(result.sizes.back(), 150);
  EXPECT_NEAR(result.distances.back(), standard_normal(2).distance_to(moments_of(normal64(150, 2, 3))), 1e-9);
  EXPECT_EQ(frechet_infinity(standard_normal(2), normal64(150, 2, 3), 1).limit, result.limit);
}

TEST(FrechetInfinity, RefusesTooFewSamples) {
  EXPECT_THAT(complaint([] {
                frechet_infinity(standard_normal(2), torch::zeros({19, 2}), 1);
              }),
              HasSubstr("from 19 generated samples"));
}

}  // namespace
}  // namespace rraebench
