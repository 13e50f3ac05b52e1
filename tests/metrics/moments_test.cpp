#include "metrics/moments.hpp"

#include "tests/metrics/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;

torch::Tensor two_pass_covariance(const torch::Tensor& x) {
  const auto centred = x - x.mean(0);
  return torch::mm(centred.t(), centred) / static_cast<double>(x.size(0) - 1);
}

TEST(Moments, CovarianceIsUnbiased) {
  const auto moments = moments_of(matrix64({{0, 0}, {2, 0}, {0, 2}, {2, 2}}));
  EXPECT_EQ(moments.count, 4);
  EXPECT_LT(largest_difference(moments.mean, vector64({1, 1})), 1e-15);
  EXPECT_LT(largest_difference(moments.covariance(), matrix64({{4.0 / 3, 0}, {0, 4.0 / 3}})), 1e-15);
}

TEST(Moments, AnyChunkingAgreesWithTwoPassesAlsoForALargeMean) {
  const auto x = normal64(9000, 16, 2) * 0.1 + 100.0;  // More rows than one block.
  const auto expected = two_pass_covariance(x);
  for (const std::int64_t chunk : {1, 7, 1000, 9000}) {
    Moments moments;
    for (const auto& rows : x.split(chunk)) moments.add(rows);
    EXPECT_EQ(moments.count, 9000);
    EXPECT_LT(largest_difference(moments.mean, x.mean(0)), 1e-11) << "chunk " << chunk;
    EXPECT_LT(largest_difference(moments.covariance(), expected), 1e-13) << "chunk " << chunk;
  }
}

TEST(Moments, SinglePrecisionInputIsAccumulatedInDouble) {
  const auto x = (normal64(5000, 4, 3) * 0.1 + 100.0).to(torch::kFloat32);
  Moments moments;
  for (const auto& rows : x.split(64)) moments.add(rows);
  EXPECT_LT(largest_difference(moments.covariance(), two_pass_covariance(x.to(torch::kFloat64))), 1e-12);
}

TEST(Moments, MergeOfPartsIsTheWhole) {
  const auto x = normal64(100, 5, 4);
  auto first = moments_of(x.slice(0, 0, 30));
  first.merge(moments_of(x.slice(0, 30)));
  first.merge(Moments{});
  Moments empty;
  empty.merge(first);
  EXPECT_EQ(empty.count, 100);
  EXPECT_LT(largest_difference(empty.covariance(), two_pass_covariance(x)), 1e-13);
}

TEST(Moments, ACopyIsIndependent) {
  auto moments = moments_of(normal64(10, 3, 5));
  const auto copy = moments;
  const auto covariance = copy.covariance().clone();
  moments.add(normal64(10, 3, 6));
  EXPECT_EQ(copy.count, 10);
  EXPECT_EQ(largest_difference(copy.covariance(), covariance), 0.0);
}

TEST(Moments, RefusesWhatHasNoCovariance) {
  Moments moments;
  EXPECT_THROW(moments.covariance(), std::invalid_argument);
  moments.add(torch::zeros({0, 3}));
  EXPECT_EQ(moments.count, 0);
  moments.add(torch::zeros({1, 3}));
  EXPECT_THAT(complaint([&] { moments.covariance(); }), HasSubstr("got 1"));
  EXPECT_THAT(complaint([&] { moments.add(torch::zeros({2, 4})); }), HasSubstr("4 columns after rows of 3"));
  EXPECT_THAT(complaint([&] { moments.merge(moments_of(torch::zeros({2, 4}))); }), HasSubstr("3 and of 4"));
  EXPECT_THAT(complaint([&] { moments.add(torch::zeros({2, 3, 1})); }), HasSubstr("[2, 3, 1]"));
  EXPECT_THAT(complaint([&] { moments.add(torch::zeros({2, 3}, torch::kInt64)); }), HasSubstr("Long"));
  EXPECT_THROW(moments.add(torch::Tensor()), std::invalid_argument);
  auto late_nan = torch::zeros({5000, 3});
  late_nan[4999][0] = kNan;
  EXPECT_THROW(moments.add(late_nan), std::invalid_argument);
  EXPECT_EQ(moments.count, 1) << "a refused batch left a trace";
}

}  // namespace
}  // namespace rraebench
