#include "rraebench/streaming_basis.hpp"

#include "rraebench/mode_signs.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace rraebench {
namespace {

using torch::indexing::None;
using torch::indexing::Slice;

// Below this share of the largest singular value a direction is rounding noise of the Gram matrix.
constexpr double kNumericalRankTolerance = 1e-7;

torch::Tensor orthonormal(const torch::Tensor& columns) {
  return std::get<0>(torch::linalg_qr(columns));
}

}  // namespace

StreamingBasis::StreamingBasis(std::int64_t latent_size, bool centred)
    : latent_size_(latent_size), centred_(centred) {
  if (latent_size < 1) throw std::invalid_argument("StreamingBasis: the latent size must be positive");
}

torch::Tensor StreamingBasis::mean() const {
  if (sample_count_ == 0) throw std::invalid_argument("StreamingBasis: no samples were seen");
  return sum_ / static_cast<double>(sample_count_);
}

torch::Tensor StreamingBasis::rows() const {
  const auto all = torch::cat(rows_);
  return centred_ ? all - mean() : all;
}

torch::Tensor StreamingBasis::gram_as_counts() const {
  if (!centred_) return gram_;
  const auto centre = mean();
  return gram_ - static_cast<double>(sample_count_) * centre.outer(centre);
}

torch::Tensor StreamingBasis::root_mean_squares(const torch::Tensor& basis) const {
  const auto count = static_cast<double>(sample_count_);
  if (gram_.defined()) return ((gram_as_counts().matmul(basis) * basis).sum(0).clamp_min(0.0) / count).sqrt();
  return (rows().matmul(basis).square().sum(0) / count).sqrt();
}

void StreamingBasis::add(const torch::Tensor& latent) {
  if (latent.dim() != 2 || latent.size(1) != latent_size_)
    throw std::invalid_argument("StreamingBasis: expected a matrix of " + std::to_string(latent_size_) +
                                " columns");
  auto rows = latent.detach().to(torch::kFloat64);
  if (!rows.isfinite().all().item<bool>())
    throw std::invalid_argument("StreamingBasis: the latent holds values that are not finite");
  sample_count_ += rows.size(0);
  sum_ = sum_.defined() ? sum_ + rows.sum(0) : rows.sum(0);
  if (gram_.defined()) {
    gram_.addmm_(rows.t(), rows);
    return;
  }
  buffered_rows_ += rows.size(0);
  rows_.push_back(std::move(rows));
  if (buffered_rows_ < latent_size_) return;
  gram_ = torch::zeros({latent_size_, latent_size_}, rows_.front().options());
  for (const auto& part : rows_) gram_.addmm_(part.t(), part);
  rows_.clear();
}

torch::Tensor StreamingBasis::basis(std::int64_t rank) const {
  const auto largest_rank = std::min(sample_count_, latent_size_);
  if (rank < 1 || rank > largest_rank)
    throw std::invalid_argument("StreamingBasis: rank " + std::to_string(rank) + " needs 1 <= rank <= " +
                                std::to_string(largest_rank) + " (samples seen and latent size)");
  if (gram_.defined()) {
    const auto eigenvectors = std::get<1>(torch::linalg_eigh(gram_as_counts()));
    return with_canonical_signs(eigenvectors.index({Slice(), Slice(-rank, None)}).flip(1).contiguous());
  }
  const auto rows = this->rows();
  auto [eigenvalues, eigenvectors] = torch::linalg_eigh(rows.matmul(rows.t()));
  const auto values = eigenvalues.flip(0).clamp_min(0.0).sqrt();
  const auto left = eigenvectors.flip(1).index({Slice(), Slice(None, rank)});
  const auto tolerance = kNumericalRankTolerance * values[0].item<double>();
  const auto numerical_rank = std::min(rank, (values > tolerance).sum().item<std::int64_t>());
  auto columns = rows.t().matmul(left.index({Slice(), Slice(None, numerical_rank)}));
  if (numerical_rank < rank)
    columns = torch::cat(
        {columns, torch::eye(latent_size_, columns.options()).index({Slice(), Slice(None, rank)})}, 1);
  // The columns are orthogonal up to rounding already; QR removes the rounding and fills what is missing.
  return with_canonical_signs(orthonormal(columns).index({Slice(), Slice(None, rank)}).contiguous());
}

}  // namespace rraebench
