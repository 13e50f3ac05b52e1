#include "metrics/relative_error.hpp"

#include "tests/metrics/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;

TEST(RelativeError, ZeroEstimateIsHundredPercent) {
  EXPECT_DOUBLE_EQ(relative_error_percent(vector64({3, 4}), vector64({0, 0})), 100.0);
}

TEST(RelativeError, IsOneRatioOverTheSetNotTheMeanOfBatches) {
  RelativeError error;
  error.add(vector64({3}), vector64({0}));
  error.add(vector64({4}), vector64({4}));
  EXPECT_DOUBLE_EQ(error.percent(), 60.0);
}

TEST(RelativeError, SumsInDoubleAndInAnyChunking) {
  const auto x = normal64(3000, 500, 1);  // More values than one block.
  const auto y = x * 0.75;
  EXPECT_NEAR(relative_error_percent(x, y), 25.0, 1e-12);
  RelativeError error;
  for (std::int64_t i = 0; i < 3000; i += 700)
    error.add(x.slice(0, i, i + 700).to(torch::kFloat32), y.slice(0, i, i + 700));
  EXPECT_NEAR(error.percent(), 25.0, 1e-5);
}

TEST(RelativeError, ZeroReference) {
  EXPECT_EQ(relative_error_percent(vector64({0, 0}), vector64({0, 0})), 0.0);
  EXPECT_EQ(relative_error_percent(vector64({0, 0}), vector64({0, 1e-9})), kInfinity);
}

TEST(RelativeError, RefusesShapesTypesAndValuesThatMakeNoSense) {
  RelativeError error;
  EXPECT_THAT(complaint([&] { error.percent(); }), HasSubstr("no values"));
  EXPECT_THAT(complaint([&] { error.add(torch::zeros({2, 3}), torch::zeros({3, 2})); }), HasSubstr("[2, 3]"));
  EXPECT_THAT(complaint([&] { error.add(torch::zeros({2}, torch::kInt64), torch::zeros({2})); }),
              HasSubstr("Long"));
  EXPECT_THAT(complaint([&] {
                error.add(vector64({1, 2}), vector64({1, kNan}));
              }),
              HasSubstr("not a number"));
  error.add(vector64({3, 4}), vector64({0, 0}));
  EXPECT_DOUBLE_EQ(error.percent(), 100.0) << "a refused batch left a trace";
}

TEST(RelativeError, KnowsAReferenceOfZerosAlone) {
  RelativeError error;
  error.add(vector64({0, 0}), vector64({0, 1}));
  EXPECT_TRUE(error.reference_is_zero());
  error.add(vector64({1e-30}), vector64({0}));
  EXPECT_FALSE(error.reference_is_zero());
}

}  // namespace
}  // namespace rraebench
