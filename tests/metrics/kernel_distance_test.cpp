#include "metrics/kernel_distance.hpp"

#include "tests/metrics/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;

/// The definition, pair by pair.
double reference_distance(const torch::Tensor& x, const torch::Tensor& y) {
  const auto kernel = [&](const torch::Tensor& a, const torch::Tensor& b) {
    return std::pow(torch::dot(a, b).item<double>() / static_cast<double>(x.size(1)) + 1.0, 3.0);
  };
  const auto within = [&](const torch::Tensor& rows) {
    double sum = 0.0;
    for (std::int64_t i = 0; i < rows.size(0); ++i)
      for (std::int64_t j = 0; j < rows.size(0); ++j)
        if (i != j) sum += kernel(rows[i], rows[j]);
    return sum / static_cast<double>(rows.size(0) * (rows.size(0) - 1));
  };
  double cross = 0.0;
  for (std::int64_t i = 0; i < x.size(0); ++i)
    for (std::int64_t j = 0; j < y.size(0); ++j) cross += kernel(x[i], y[j]);
  return within(x) + within(y) - 2.0 * cross / static_cast<double>(x.size(0) * y.size(0));
}

TEST(KernelDistance, HandComputed) {
  EXPECT_NEAR(kernel_distance(matrix64({{1, 0}, {0, 1}, {1, 1}}), matrix64({{2, 0}, {0, 0}, {1, 2}})),
              -4.52777777778, 1e-11);
}

TEST(KernelDistance, IsTheDefinitionAlsoForUnequalCounts) {
  const auto x = normal64(7, 3, 1);
  const auto y = normal64(5, 3, 2) + 1.0;
  EXPECT_NEAR(kernel_distance(x, y), reference_distance(x, y), 1e-12);
  EXPECT_NEAR(kernel_distance(y, x), kernel_distance(x, y), 1e-12);
}

TEST(KernelDistance, IsTheSameInBlocks) {  // 2500 rows are three blocks.
  const auto x = normal64(2500, 4, 3);
  const auto y = normal64(1500, 4, 4) * 1.5;
  const auto mean = [](const torch::Tensor& a, const torch::Tensor& b, bool same) {
    auto kernel = (torch::mm(a, b.t()) / 4.0 + 1.0).pow(3);
    const auto trace = same ? kernel.trace() : torch::zeros({}, torch::kFloat64);
    return ((kernel.sum() - trace) / static_cast<double>(a.size(0) * (b.size(0) - (same ? 1 : 0))))
        .item<double>();
  };
  EXPECT_NEAR(kernel_distance(x, y), mean(x, x, true) + mean(y, y, true) - 2.0 * mean(x, y, false), 1e-10);
}

TEST(KernelDistanceOverSubsets, OneSubsetOfAllIsTheWholeDistance) {
  const auto x = normal64(40, 6, 5);
  const auto y = normal64(40, 6, 6) + 0.5;
  const auto distance = kernel_distance_over_subsets(x, y, {1, 40, 9});
  EXPECT_NEAR(distance.mean, kernel_distance(x, y), 1e-12);
  EXPECT_EQ(distance.deviation, 0.0);
}

TEST(KernelDistanceOverSubsets, IsUnbiasedAndRepeatable) {
  const auto x = normal64(400, 6, 7);
  const auto y = normal64(300, 6, 8) + 0.5;
  const auto distance = kernel_distance_over_subsets(x, y, {200, 50, 1});
  const auto again = kernel_distance_over_subsets(x, y, {200, 50, 1});
  EXPECT_EQ(distance.mean, again.mean);
  EXPECT_EQ(distance.deviation, again.deviation);
  EXPECT_NE(kernel_distance_over_subsets(x, y, {200, 50, 2}).mean, distance.mean);
  EXPECT_NEAR(distance.mean, kernel_distance(x, y), 5.0 * distance.deviation / std::sqrt(200.0));
}

TEST(KernelDistanceOverSubsets, DeviationIsDividedByTheCount) {
  // Of two draws the first is that of one draw: their distances are a and 2 (mean) - a.
  const auto x = normal64(40, 6, 9);
  const auto y = normal64(40, 6, 10) + 0.5;
  const double first = kernel_distance_over_subsets(x, y, {1, 10, 3}).mean;
  const auto both = kernel_distance_over_subsets(x, y, {2, 10, 3});
  const double second = 2.0 * both.mean - first;
  ASSERT_GT(std::abs(first - second), 0.01);
  EXPECT_NEAR(both.deviation, std::abs(first - second) / 2.0, 1e-12);
}

TEST(KernelDistance, RefusesWhatItCannotMeasure) {
  const auto three = torch::zeros({3, 2});
  EXPECT_THAT(complaint([&] {
                kernel_distance(three, torch::zeros({3, 4}));
              }),
              HasSubstr("2 features against 4"));
  EXPECT_THAT(complaint([&] { kernel_distance(three, torch::zeros({1, 2})); }), HasSubstr("[1, 2]"));
  EXPECT_THAT(complaint([&] {
                kernel_distance(three, torch::full({3, 2}, kNan));
              }),
              HasSubstr("not a number"));
  EXPECT_THAT(complaint([&] {
                kernel_distance_over_subsets(three, three, {100, 1000, 0});
              }),
              HasSubstr("ask for smaller subsets"));
  EXPECT_THAT(complaint([&] {
                kernel_distance_over_subsets(three, three, {0, 3, 0});
              }),
              HasSubstr("0 subsets"));
}

}  // namespace
}  // namespace rraebench
