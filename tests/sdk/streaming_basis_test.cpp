#include "rraebench/streaming_basis.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace rraebench {
namespace {

using torch::indexing::None;
using torch::indexing::Slice;

torch::Tensor basis_in_chunks(const torch::Tensor& latents, std::int64_t chunk, std::int64_t rank) {
  StreamingBasis collected(latents.size(1));
  for (std::int64_t first = 0; first < latents.size(0); first += chunk)
    collected.add(latents.slice(0, first, std::min(first + chunk, latents.size(0))));
  return collected.basis(rank);
}

double projector_difference(const torch::Tensor& a, const torch::Tensor& b) {
  return (a.matmul(a.t()) - b.matmul(b.t())).norm().item<double>();
}

torch::Tensor svd_basis(const torch::Tensor& latents, std::int64_t rank) {
  const auto vh = std::get<2>(torch::linalg_svd(latents.to(torch::kFloat64), /*full_matrices=*/false));
  return vh.slice(0, 0, rank).t();
}

void expect_orthonormal(const torch::Tensor& basis) {
  const auto gram = basis.t().matmul(basis);
  EXPECT_LT((gram - torch::eye(basis.size(1), torch::kFloat64)).abs().max().item<double>(), 1e-12);
}

TEST(StreamingBasis, IsTheSvdOfAllSamplesInAnyChunking) {
  torch::manual_seed(5);
  for (const std::int64_t samples : {7, 12, 40}) {  // Fewer than, as many as and more than the latent size.
    const auto latents = torch::randn({samples, 12}, torch::kFloat64);
    const auto expected = svd_basis(latents, 4);
    for (const std::int64_t chunk : {1, 3, 64}) {
      const auto basis = basis_in_chunks(latents, chunk, 4);
      EXPECT_LT(projector_difference(basis, expected), 1e-10);
      expect_orthonormal(basis);
    }
  }
}

TEST(StreamingBasis, CentredIsTheSvdOfWhatTheMeanIsTakenOff) {
  torch::manual_seed(6);
  for (const std::int64_t samples : {7, 40}) {
    const auto latents = torch::randn({samples, 12}, torch::kFloat64) + 3.0;
    StreamingBasis collected(12, /*centred=*/true);
    for (std::int64_t first = 0; first < samples; first += 5)
      collected.add(latents.slice(0, first, std::min(first + 5, samples)));
    const auto centred = latents - latents.mean(0);
    const auto basis = collected.basis(4);
    EXPECT_LT(projector_difference(basis, svd_basis(centred, 4)), 1e-9);
    EXPECT_TRUE(torch::allclose(collected.mean(), latents.mean(0)));
    const auto values = std::get<1>(torch::linalg_svd(centred, /*full_matrices=*/false)).slice(0, 0, 4);
    EXPECT_TRUE(torch::allclose(collected.root_mean_squares(basis),
                                values / std::sqrt(static_cast<double>(samples)), 1e-8, 1e-10));
  }
}

TEST(StreamingBasis, ColumnsAreOrderedAndSigned) {
  const auto latents = torch::tensor({{0.0, -3.0, 0.0}, {0.0, 0.0, 5.0}, {1.0, 0.0, 0.0}}, torch::kFloat64);
  const auto expected = torch::tensor({{0.0, 0.0, 1.0}, {0.0, 1.0, 0.0}, {1.0, 0.0, 0.0}}, torch::kFloat64);
  EXPECT_TRUE(torch::allclose(basis_in_chunks(latents, 1, 3), expected, 0, 1e-14));
}

TEST(StreamingBasis, ResolvesModesFarBelowTheFirst) {
  torch::manual_seed(6);
  const auto u = std::get<0>(torch::linalg_qr(torch::randn({300, 20}, torch::kFloat64)));
  const auto v = std::get<0>(torch::linalg_qr(torch::randn({60, 20}, torch::kFloat64)));
  const auto values = torch::logspace(0, -4, 20, 10.0, torch::kFloat64);
  const auto latents = u.matmul(torch::diag(values)).matmul(v.t());
  EXPECT_LT(projector_difference(basis_in_chunks(latents, 32, 20), v), 1e-6);
}

TEST(StreamingBasis, CompletesARankDeficientSet) {
  const auto row = torch::tensor({{3.0, 4.0, 0.0, 0.0, 0.0}}, torch::kFloat64);
  for (const std::int64_t samples : {3, 9}) {
    const auto basis = basis_in_chunks(row.expand({samples, 5}), 2, 3);
    expect_orthonormal(basis);
    const auto first = basis.index({Slice(), Slice(None, 1)});
    EXPECT_LT((first.t() - row / 5.0).abs().max().item<double>(), 1e-12);
  }
}

TEST(StreamingBasis, RefusesWhatHasNoAnswer) {
  StreamingBasis collected(4);
  EXPECT_THROW(collected.basis(1), std::invalid_argument);  // No samples yet.
  EXPECT_THROW(collected.add(torch::randn({2, 5})), std::invalid_argument);
  EXPECT_THROW(collected.add(torch::full({2, 4}, std::numeric_limits<double>::infinity())),
               std::invalid_argument);
  collected.add(torch::randn({2, 4}));
  EXPECT_THROW(collected.basis(3), std::invalid_argument);  // More modes than samples.
  EXPECT_THROW(collected.basis(0), std::invalid_argument);
}

}  // namespace
}  // namespace rraebench
