#include "rraebench/nuclear_norm.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

torch::Tensor gradient_at(const torch::Tensor& matrix) {
  auto input = matrix.clone().requires_grad_();
  stable_nuclear_norm(input).backward();
  return input.grad();
}

TEST(NuclearNorm, IsTheSumOfSingularValues) {
  const auto matrix = torch::tensor({{3.0, 0.0, 0.0}, {0.0, -4.0, 0.0}}, torch::kFloat64);
  EXPECT_NEAR(stable_nuclear_norm(matrix).item<double>(), 7.0, 1e-12);
}

TEST(NuclearNorm, GradientAgreesWithFiniteDifferences) {
  torch::manual_seed(4);
  constexpr double kStep = 1e-6;
  for (const auto& [rows, columns] : {std::pair{4, 4}, {6, 3}, {3, 6}}) {
    const auto matrix = torch::randn({rows, columns}, torch::kFloat64);
    const auto gradient = gradient_at(matrix);
    for (std::int64_t i = 0; i < matrix.numel(); ++i) {
      auto above = matrix.clone();
      auto below = matrix.clone();
      above.view(-1)[i] += kStep;
      below.view(-1)[i] -= kStep;
      const double numeric =
          (stable_nuclear_norm(above) - stable_nuclear_norm(below)).item<double>() / (2 * kStep);
      EXPECT_NEAR(gradient.view(-1)[i].item<double>(), numeric, 1e-7);
    }
  }
}

TEST(NuclearNorm, EqualSingularValuesAreNoObstacle) {
  const auto identity = torch::eye(5, torch::kFloat64);
  EXPECT_TRUE(torch::allclose(gradient_at(3.0 * identity), identity, 0, 1e-12));
}

TEST(NuclearNorm, ZeroSingularValuesHaveNoPartInTheGradient) {
  auto matrix = torch::zeros({3, 3}, torch::kFloat64);
  EXPECT_TRUE(torch::equal(gradient_at(matrix), matrix));
  matrix[1][2] = 2.0;
  EXPECT_TRUE(torch::allclose(gradient_at(matrix), matrix / 2.0, 0, 1e-12));
}

TEST(NuclearNorm, OfWhatIsNotFiniteIsNan) {
  auto matrix = torch::zeros({2, 2});
  matrix[0][0] = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(std::isnan(stable_nuclear_norm(matrix).item<float>()));
}

}  // namespace
}  // namespace rraebench
