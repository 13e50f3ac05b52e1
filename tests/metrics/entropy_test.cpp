#include "metrics/entropy.hpp"

#include "tests/metrics/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;

TEST(MeanEntropy, OneHotIsZero) {
  EXPECT_EQ(mean_entropy(torch::eye(10)), 0.0);
}

TEST(MeanEntropy, UniformIsLogOfTheClasses) {
  EXPECT_NEAR(mean_entropy(torch::full({3, 10}, 0.1, torch::kFloat64)), 2.302585092994, 1e-12);
}

TEST(MeanEntropy, IsTheMeanOverRows) {
  EXPECT_NEAR(mean_entropy(matrix64({{0.5, 0.5}, {1, 0}})), 0.5 * std::log(2.0), 1e-15);
}

TEST(MeanEntropy, TakesSinglePrecisionSoftmax) {
  const auto logits = normal64(500, 10, 1) * 5.0;
  const double expected = -(logits.softmax(1) * logits.log_softmax(1)).sum(1).mean().item<double>();
  EXPECT_NEAR(mean_entropy(logits.to(torch::kFloat32).softmax(1)), expected, 1e-6);
}

TEST(MeanEntropy, RefusesRowsThatAreNoProbabilities) {
  EXPECT_THAT(complaint([] { mean_entropy(matrix64({{1.5, -0.5}})); }), HasSubstr("logits"));
  EXPECT_THAT(complaint([] { mean_entropy(matrix64({{0.9, 0.9}})); }), HasSubstr("sum to 1"));
  EXPECT_THAT(complaint([] { mean_entropy(matrix64({{kNan, 1}})); }), HasSubstr("not a number"));
  EXPECT_THAT(complaint([] { mean_entropy(torch::zeros({0, 10})); }), HasSubstr("no rows"));
  EXPECT_THAT(complaint([] { mean_entropy(torch::ones({10})); }), HasSubstr("[10]"));
}

}  // namespace
}  // namespace rraebench
