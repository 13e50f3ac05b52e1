#include "metrics/inception_score.hpp"

#include "tests/metrics/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;

TEST(InceptionScore, HandComputed) {
  const auto score = inception_score(matrix64({{0.9, 0.1}, {0.1, 0.9}}), 1);
  EXPECT_NEAR(score.mean, 1.44493481117, 1e-11);
  EXPECT_EQ(score.deviation, 0.0);
}

TEST(InceptionScore, Extremes) {
  EXPECT_NEAR(inception_score(torch::eye(10, torch::kFloat64).repeat({20, 1}), 1).mean, 10.0, 1e-12);
  const auto alike = inception_score(matrix64({{0.2, 0.3, 0.5}}).expand({30, 3}));
  EXPECT_NEAR(alike.mean, 1.0, 1e-12);
  EXPECT_NEAR(alike.deviation, 0.0, 1e-12);
}

TEST(InceptionScore, SplitsHoldEveryRow) {
  // 7 rows in 3 splits: 2, 2 and 3. One-hot rows of one class each: a split's score is its number of rows.
  const auto score = inception_score(torch::eye(7, torch::kFloat64), 3);
  EXPECT_NEAR(score.mean, 7.0 / 3.0, 1e-12);
  EXPECT_NEAR(score.deviation, std::sqrt(2.0) / 3.0, 1e-12);
}

TEST(InceptionScore, TheSeedDecidesTheOrder) {
  const auto rows = torch::softmax(2.0 * normal64(100, 5, 1), 1);
  EXPECT_EQ(inception_score(rows, 10, 3).mean, inception_score(rows, 10, 3).mean);
  EXPECT_NE(inception_score(rows, 10, 3).mean, inception_score(rows, 10, 4).mean);
}

TEST(InceptionScore, RefusesWhatItCannotMeasure) {
  EXPECT_THAT(complaint([] {
                inception_score(torch::full({9, 2}, 0.5));
              }),
              HasSubstr("10 splits of 9 samples"));
  EXPECT_THAT(complaint([] { inception_score(torch::ones({20, 2})); }), HasSubstr("logits"));
}

}  // namespace
}  // namespace rraebench
