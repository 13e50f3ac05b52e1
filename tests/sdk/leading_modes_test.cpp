#include "rraebench/leading_modes.hpp"

#include "rraebench/losses.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

torch::Tensor random_matrix(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
  torch::manual_seed(seed);
  return torch::randn({rows, columns}, torch::kFloat64);
}

/// A scalar that depends on every entry of basis and coefficients and on the signs of the modes.
torch::Tensor probe(const torch::Tensor& latent, std::int64_t rank, const torch::Tensor& reference) {
  const auto modes = leading_modes(latent, rank, reference);
  const auto weigh = [](const torch::Tensor& values, double frequency) {
    const auto weights = torch::arange(values.numel(), torch::kFloat64).mul(frequency).sin();
    return (weights.view_as(values) * values).sum();
  };
  return weigh(modes.coefficients, 0.7) + weigh(modes.basis, 1.3) + 0.1 * modes.coefficients.pow(3).sum();
}

double gradient_error(const torch::Tensor& matrix, std::int64_t rank) {
  const auto reference = leading_modes(matrix, rank).basis;
  auto input = matrix.clone().requires_grad_();
  probe(input, rank, reference).backward();
  constexpr double kStep = 1e-6;
  auto numeric = torch::zeros_like(matrix);
  for (std::int64_t i = 0; i < matrix.numel(); ++i) {
    auto above = matrix.clone();
    auto below = matrix.clone();
    above.view(-1)[i] += kStep;
    below.view(-1)[i] -= kStep;
    numeric.view(-1)[i] = (probe(above, rank, reference) - probe(below, rank, reference)) / (2 * kStep);
  }
  return ((input.grad() - numeric).norm() / numeric.norm()).item<double>();
}

TEST(LeadingModes, AreTheSvdOfTheLatent) {
  for (const auto& [rows, columns] : {std::pair{8, 20}, {20, 8}, {9, 9}}) {
    const auto latent = random_matrix(rows, columns, 1);
    const auto modes = leading_modes(latent, 3);
    const auto [u, s, vh] = torch::linalg_svd(latent, /*full_matrices=*/false);
    EXPECT_TRUE(torch::allclose(modes.coefficients.norm(2, 0), s.slice(0, 0, 3), 1e-12));
    EXPECT_TRUE(
        torch::allclose(modes.basis.t().matmul(modes.basis), torch::eye(3, torch::kFloat64), 0, 1e-12));
    const auto expected = u.slice(1, 0, 3).matmul(torch::diag(s.slice(0, 0, 3))).matmul(vh.slice(0, 0, 3));
    EXPECT_TRUE(torch::allclose(modes.coefficients.matmul(modes.basis.t()), expected, 1e-10, 1e-12));
  }
}

TEST(LeadingModes, TheirKlIsThatOfTheSingularValues) {
  // Y = diag(3, 4), one mode: mean (0, 4), variance 1, KL = 16 / 2.
  const auto latent = torch::diag(torch::tensor({3.0, 4.0}, torch::kFloat64));
  const auto mean = leading_modes(latent, 1).coefficients;
  EXPECT_NEAR(standard_normal_kl(mean, torch::zeros_like(mean)).item<double>(), 8.0, 1e-12);
}

TEST(LeadingModes, GradientAgreesWithFiniteDifferences) {
  for (const auto& [rows, columns] : {std::pair{6, 6}, {12, 5}, {5, 12}})
    for (const std::int64_t rank : {1, 3, 5})
      EXPECT_LT(gradient_error(random_matrix(rows, columns, 2), rank), 1e-6);
}

/// 8 x 12 or 12 x 8, whose sixth singular value is `smallest` and the first 1.
torch::Tensor with_smallest(double smallest, bool wide) {
  const auto u = std::get<0>(torch::linalg_qr(random_matrix(8, 6, 3)));
  const auto v = std::get<0>(torch::linalg_qr(random_matrix(12, 6, 4)));
  const auto matrix =
      u.matmul(torch::diag(torch::logspace(0, std::log10(smallest), 6, 10, torch::kFloat64))).matmul(v.t());
  return wide ? matrix : matrix.t().contiguous();
}

// Around the smallest singular value at which the Gram matrix gives way to the SVD.
TEST(LeadingModes, AreAsGoodByGramMatrixAsBySvd) {
  for (const bool wide : {true, false})
    for (const double smallest : {1e-2, 2e-4, 0.5e-4, 1e-6}) {
      const auto latent = with_smallest(smallest, wide);
      const auto modes = leading_modes(latent, 6);
      const auto [u, s, vh] = torch::linalg_svd(latent, /*full_matrices=*/false);
      const auto expected = vh.slice(0, 0, 6);
      const auto cosines = expected.matmul(modes.basis).diagonal().abs();
      EXPECT_LT((1.0 - cosines).abs().max().item<double>(), 1e-10) << smallest;
      EXPECT_TRUE(
          torch::allclose(modes.basis.t().matmul(modes.basis), torch::eye(6, torch::kFloat64), 0, 1e-7));
      EXPECT_TRUE(torch::allclose(modes.coefficients.matmul(modes.basis.t()), latent, 0, 1e-10));
    }
}

TEST(LeadingModes, GradientOfSmallModesAgreesWithFiniteDifferences) {
  for (const bool wide : {true, false}) EXPECT_LT(gradient_error(with_smallest(0.05, wide), 6), 1e-5);
}

/// As leading_modes.hpp has it, by a full SVD.
torch::Tensor gradient_by_the_formula(const torch::Tensor& y, const torch::Tensor& basis,
                                      const torch::Tensor& of_coefficients, const torch::Tensor& of_basis) {
  const auto rank = basis.size(1);
  auto [v, s, ut] = torch::linalg_svd(y, /*full_matrices=*/false);
  auto u = ut.t().clone();
  const auto signs = (u.slice(1, 0, rank) * basis).sum(0).sign();
  u.slice(1, 0, rank).mul_(signs);
  v = v.clone();
  v.slice(1, 0, rank).mul_(signs);
  const auto w = of_basis + y.t().matmul(of_coefficients);
  const double guard = 1e-6 * s[0].item<double>() * s[0].item<double>();
  const auto guarded = [&](double x) { return x / (x * x + guard * guard); };
  auto gradient = of_coefficients.matmul(u.slice(1, 0, rank).t());
  for (std::int64_t i = 0; i < rank; ++i) {
    const double si = s[i].item<double>();
    for (std::int64_t j = 0; j < s.size(0); ++j) {
      if (j == i) continue;
      const double sj = s[j].item<double>();
      const auto f = guarded(si * si - sj * sj) * u.select(1, j).dot(w.select(1, i));
      gradient += f * (si * v.select(1, i).outer(u.select(1, j)) + sj * v.select(1, j).outer(u.select(1, i)));
    }
    const auto outside = w.select(1, i) - u.matmul(u.t().matmul(w.select(1, i)));
    gradient += guarded(si * si) * si * v.select(1, i).outer(outside);
  }
  return gradient;
}

TEST(LeadingModes, GradientIsTheFormulaNearTies) {
  for (const bool wide : {true, false})
    for (const double gap : {1e-7, 1e-6, 1e-4, 0.1}) {
      const auto v = std::get<0>(torch::linalg_qr(random_matrix(wide ? 8 : 20, 6, 3)));
      const auto u = std::get<0>(torch::linalg_qr(random_matrix(wide ? 20 : 8, 6, 4)));
      const auto values = torch::tensor({3.0, 2.0 * (1.0 + gap), 2.0, 1.0, 0.5, 0.2}, torch::kFloat64);
      const auto latent = v.matmul(torch::diag(values)).matmul(u.t()).detach().requires_grad_();
      const auto modes = leading_modes(latent, 3);
      const auto of_coefficients = random_matrix(modes.coefficients.size(0), 3, 5);
      const auto of_basis = random_matrix(modes.basis.size(0), 3, 6);
      ((of_coefficients * modes.coefficients).sum() + (of_basis * modes.basis).sum()).backward();
      const auto expected =
          gradient_by_the_formula(latent.detach(), modes.basis.detach(), of_coefficients, of_basis);
      EXPECT_LT(((latent.grad() - expected).norm() / expected.norm()).item<double>(), 1e-4)
          << wide << " " << gap;
    }
}

TEST(LeadingModes, GradientIsFiniteAtTiesAndZeros) {
  const auto u = std::get<0>(torch::linalg_qr(random_matrix(10, 4, 3)));
  const auto v = std::get<0>(torch::linalg_qr(random_matrix(6, 4, 4)));
  for (const auto& values : {std::vector<double>{3, 3, 1, 1}, {3, 1, 1, 0}, {2, 0, 0, 0}, {0, 0, 0, 0}}) {
    auto latent = u.matmul(torch::diag(torch::tensor(values, torch::kFloat64))).matmul(v.t());
    latent = latent.detach().requires_grad_();
    probe(latent, 3, {}).backward();
    EXPECT_TRUE(latent.grad().isfinite().all().item<bool>());
    EXPECT_LT(latent.grad().abs().max().item<double>(), 1e7);
  }
}

TEST(LeadingModes, KeepTheSignsOfTheReference) {
  // The two entries of the mode are nearly as large as each other: which one is the largest, and with it the
  // canonical sign, changes with a perturbation of 1e-3.
  const auto batch = [](double perturbation) {
    const auto mode = torch::tensor({1.0 + perturbation, -1.0}, torch::kFloat64);
    return torch::tensor({2.0, -1.0, 0.5}, torch::kFloat64).outer(mode);
  };
  const auto before = leading_modes(batch(1e-3), 1);
  EXPECT_LT((before.basis * leading_modes(batch(-1e-3), 1).basis).sum().item<double>(), -0.99);
  const auto after = leading_modes(batch(-1e-3), 1, before.basis);
  EXPECT_TRUE(torch::allclose(after.coefficients, before.coefficients, 1e-2));
  EXPECT_TRUE(torch::allclose(after.basis, before.basis, 0, 1e-2));
}

TEST(LeadingModes, RefuseMoreModesThanTheBatchHas) {
  EXPECT_THROW(leading_modes(torch::zeros({3, 8}), 4), std::invalid_argument);
  EXPECT_THROW(leading_modes(torch::zeros({3, 8}), 0), std::invalid_argument);
  EXPECT_THROW(leading_modes(torch::zeros({8}), 1), std::invalid_argument);
}

TEST(LeadingModes, OfWhatIsNotFiniteAreNan) {
  auto latent = torch::ones({3, 4});
  latent[1][1] = std::numeric_limits<float>::quiet_NaN();
  latent.requires_grad_();
  const auto modes = leading_modes(latent, 2);
  EXPECT_TRUE(modes.coefficients.isnan().all().item<bool>());
  modes.coefficients.sum().backward();
  EXPECT_TRUE(latent.grad().isnan().all().item<bool>());
}

}  // namespace
}  // namespace rraebench
