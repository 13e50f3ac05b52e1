#include "host/worker/protocols/grid_interpolation.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

TEST(InterpolateOnGrid, IsLinearInOneParameter) {
  const auto rows = torch::tensor({{0.0, 10.0}, {2.0, 20.0}, {3.0, 0.0}}, torch::kFloat64);
  const auto parameters = torch::tensor({{0.0}, {0.25}, {1.0}, {2.5}, {3.0}}, torch::kFloat64);
  const auto expected =
      torch::tensor({{0.0, 10.0}, {0.5, 12.5}, {2.0, 20.0}, {2.75, 5.0}, {3.0, 0.0}}, torch::kFloat64);
  EXPECT_TRUE(torch::allclose(interpolate_on_grid({{0.0, 1.0, 3.0}}, rows, parameters), expected));
}

TEST(InterpolateOnGrid, IsExactForBilinearFunctions) {
  const std::vector<std::vector<double>> axes = {{0.0, 0.5, 2.0}, {-1.0, 1.0}};
  const auto f = [](double p, double q) { return 1.0 + 2.0 * p - 3.0 * q + 0.5 * p * q; };
  std::vector<double> values;
  for (const double p : axes[0])
    for (const double q : axes[1]) values.push_back(f(p, q));
  const auto rows = torch::tensor(values, torch::kFloat64).unsqueeze(1);
  const auto parameters = torch::tensor({{0.1, -0.7}, {0.5, 1.0}, {1.9, 0.3}, {2.0, -1.0}}, torch::kFloat64);
  const auto result = interpolate_on_grid(axes, rows, parameters);
  for (std::int64_t m = 0; m < parameters.size(0); ++m)
    EXPECT_NEAR(result[m][0].item<double>(),
                f(parameters[m][0].item<double>(), parameters[m][1].item<double>()), 1e-12);
}

TEST(InterpolateOnGrid, WhatLiesOutsideIsCounted) {
  const auto one = torch::tensor({{0.0}, {1.0}, {3.0}, {3.1}, {-0.1}, {3.0 + 1e-12}}, torch::kFloat64);
  EXPECT_EQ(count_outside_grid({{0.0, 1.0, 3.0}}, one), 2);
  // One parameter is enough, and both count once.
  const auto two = torch::tensor({{0.5, 9.0}, {9.0, 0.5}, {9.0, 9.0}, {0.5, 0.5}}, torch::kFloat64);
  EXPECT_EQ(count_outside_grid({{0.0, 1.0}, {0.0, 1.0}}, two), 3);
}

TEST(InterpolateOnGrid, RefusesCountsThatDoNotFit) {
  const auto rows = torch::zeros({3, 2});
  EXPECT_THROW(interpolate_on_grid({{0.0, 1.0}}, rows, torch::zeros({1, 1})), std::invalid_argument);
  EXPECT_THROW(interpolate_on_grid({{0.0, 1.0, 2.0}}, rows, torch::zeros({1, 2})), std::invalid_argument);
  EXPECT_THROW(interpolate_on_grid({{0.0}}, torch::zeros({1, 2}), torch::zeros({1, 1})),
               std::invalid_argument);
}

}  // namespace
}  // namespace rraebench
