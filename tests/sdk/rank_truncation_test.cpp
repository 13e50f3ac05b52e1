#include "rraebench/rank_truncation.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

/// A scalar that depends on every entry of the truncation, and not only on singular values.
torch::Tensor probe(const torch::Tensor& truncated) {
  const auto weights =
      torch::linspace(-1.0, 2.0, truncated.numel(), torch::kFloat64).sin().view_as(truncated);
  return (weights * truncated).sum() + 0.3 * truncated.pow(3).sum();
}

torch::Tensor analytic_gradient(const torch::Tensor& matrix, std::int64_t rank) {
  auto input = matrix.clone().requires_grad_();
  probe(truncate_rank(input, rank)).backward();
  return input.grad();
}

torch::Tensor numeric_gradient(const torch::Tensor& matrix, std::int64_t rank) {
  constexpr double kStep = 1e-6;
  auto gradient = torch::zeros_like(matrix);
  for (std::int64_t i = 0; i < matrix.numel(); ++i) {
    auto plus = matrix.clone();
    auto minus = matrix.clone();
    plus.view(-1)[i] += kStep;
    minus.view(-1)[i] -= kStep;
    gradient.view(-1)[i] =
        (probe(truncate_rank(plus, rank)) - probe(truncate_rank(minus, rank))) / (2 * kStep);
  }
  return gradient;
}

double relative_difference(const torch::Tensor& a, const torch::Tensor& b) {
  return ((a - b).norm() / b.norm()).item<double>();
}

/// U diag(values) V^T with random orthonormal U (rows x n), V (columns x n).
torch::Tensor with_singular_values(std::int64_t rows, std::int64_t columns,
                                   const std::vector<double>& values) {
  torch::manual_seed(11);
  const auto count = static_cast<std::int64_t>(values.size());
  const auto u = std::get<0>(torch::linalg_qr(torch::randn({rows, count}, torch::kFloat64)));
  const auto v = std::get<0>(torch::linalg_qr(torch::randn({columns, count}, torch::kFloat64)));
  return u.matmul(torch::diag(torch::tensor(values, torch::kFloat64))).matmul(v.t());
}

TEST(TruncateRank, IsTheTruncatedSvd) {
  torch::manual_seed(1);
  for (const auto& [rows, columns] : {std::pair{8, 20}, {20, 8}, {9, 9}}) {
    const auto matrix = torch::randn({rows, columns}, torch::kFloat64);
    const auto [u, s, vh] = torch::linalg_svd(matrix, /*full_matrices=*/false);
    using torch::indexing::None;
    using torch::indexing::Slice;
    const auto expected =
        u.index({Slice(), Slice(None, 3)}).matmul(torch::diag(s.slice(0, 0, 3))).matmul(vh.slice(0, 0, 3));
    EXPECT_LT(relative_difference(truncate_rank(matrix, 3), expected), 1e-13);
  }
}

TEST(TruncateRank, KnownDiagonalCase) {
  const auto matrix = torch::diag(torch::tensor({3.0, 4.0}, torch::kFloat64));
  const auto expected = torch::diag(torch::tensor({0.0, 4.0}, torch::kFloat64));
  EXPECT_TRUE(torch::allclose(truncate_rank(matrix, 1), expected, 0, 1e-14));
}

TEST(TruncateRank, GradientAgreesWithFiniteDifferences) {
  torch::manual_seed(2);
  for (const auto& [rows, columns] : {std::pair{8, 8}, {20, 8}, {8, 20}}) {
    const auto matrix = torch::randn({rows, columns}, torch::kFloat64);
    EXPECT_LT(relative_difference(analytic_gradient(matrix, 3), numeric_gradient(matrix, 3)), 1e-6);
  }
}

TEST(TruncateRank, GradientIsRightAtTiesAmongKeptAndAmongDropped) {
  for (const auto& [rows, columns] : {std::pair{10, 6}, {6, 10}}) {
    const auto kept_tie = with_singular_values(rows, columns, {5, 3, 3, 1, 0.5, 0.2});
    EXPECT_LT(relative_difference(analytic_gradient(kept_tie, 3), numeric_gradient(kept_tie, 3)), 1e-6);
    const auto dropped_tie = with_singular_values(rows, columns, {5, 4, 3, 1, 1, 0.5});
    EXPECT_LT(relative_difference(analytic_gradient(dropped_tie, 3), numeric_gradient(dropped_tie, 3)), 1e-6);
    const auto dropped_zeros = with_singular_values(rows, columns, {5, 4, 3, 0, 0, 0});
    EXPECT_LT(relative_difference(analytic_gradient(dropped_zeros, 3), numeric_gradient(dropped_zeros, 3)),
              1e-6);
  }
}

TEST(TruncateRank, GradientIsFiniteWhereThereIsNone) {
  for (const auto type : {torch::kFloat32, torch::kFloat64}) {
    for (const auto& [rows, columns] : {std::pair{10, 6}, {6, 10}}) {
      const std::vector<torch::Tensor> degenerate = {torch::zeros({rows, columns}),
                                                     torch::ones({rows, columns}), torch::eye(rows, columns),
                                                     with_singular_values(rows, columns, {5, 3, 3, 3, 1, 1}),
                                                     with_singular_values(rows, columns, {1, 1e-20, 0, 0})};
      for (const auto& matrix : degenerate) {
        auto input = matrix.to(type).clone().requires_grad_();
        const auto truncated = truncate_rank(input, 2);
        EXPECT_TRUE(truncated.isfinite().all().item<bool>());
        truncated.square().sum().backward();
        EXPECT_TRUE(input.grad().isfinite().all().item<bool>());
      }
    }
  }
}

TEST(TruncateRank, NearTieAcrossTheCutStaysBounded) {
  const auto matrix = with_singular_values(10, 6, {5, 3, 3 * (1 - 1e-9), 1, 0.5, 0.2});
  EXPECT_LT(analytic_gradient(matrix, 2).norm().item<double>(), 1e9);
}

TEST(TruncateRank, SinglePrecisionFollowsDouble) {
  torch::manual_seed(4);
  const auto matrix = torch::randn({17, 450}, torch::kFloat64);
  EXPECT_LT(relative_difference(truncate_rank(matrix.to(torch::kFloat32), 1).to(torch::kFloat64),
                                truncate_rank(matrix, 1)),
            1e-6);
}

TEST(TruncateRank, FullRankIsTheIdentity) {
  const auto matrix = torch::randn({4, 7});
  EXPECT_TRUE(torch::equal(truncate_rank(matrix, 4), matrix));
}

TEST(TruncateRank, NonFiniteInputGivesNanAndNoException) {
  auto matrix = torch::randn({4, 7});
  matrix[1][2] = std::numeric_limits<float>::quiet_NaN();
  matrix.requires_grad_();
  const auto truncated = truncate_rank(matrix, 2);
  EXPECT_TRUE(truncated.isnan().all().item<bool>());
  truncated.sum().backward();
  EXPECT_TRUE(matrix.grad().isnan().all().item<bool>());
}

TEST(TruncateRank, RefusesImpossibleRanks) {
  EXPECT_THROW(truncate_rank(torch::randn({4, 7}), 0), std::invalid_argument);
  EXPECT_THROW(truncate_rank(torch::randn({4, 7}), 5), std::invalid_argument);
  EXPECT_THROW(truncate_rank(torch::randn({4}), 1), std::invalid_argument);
}

}  // namespace
}  // namespace rraebench
