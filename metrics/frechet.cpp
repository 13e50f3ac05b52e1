#include "metrics/frechet.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace rraebench {

namespace {

/// d x r matrix A with covariance = A A^T, r = min(count - 1, d).
torch::Tensor covariance_factor(const torch::Tensor& covariance, std::int64_t count) {
  const auto size = covariance.size(0);
  if (count > size) {
    // Of a tenth of the eigendecomposition's cost, and as exact, where every pivot is positive.
    const auto [factor, failed_at] = torch::linalg_cholesky_ex(covariance);
    if (failed_at.item<int>() == 0) return factor;
  }
  const auto rank = std::min(count - 1, size);
  const auto [eigenvalues, eigenvectors] = torch::linalg_eigh(covariance);  // Ascending.
  const auto roots = eigenvalues.slice(0, size - rank, size).clamp_min(0.0).sqrt();
  return eigenvectors.slice(1, size - rank, size) * roots;
}

}  // namespace

FrechetReference::FrechetReference(Moments moments) : moments_(std::move(moments)) {
  const auto covariance = moments_.covariance();
  factor_ = covariance_factor(covariance, moments_.count);
  trace_ = covariance.trace().item<double>();
}

double FrechetReference::distance_to(const Moments& other) const {
  const auto covariance = other.covariance();
  if (moments_.mean.size(0) != other.mean.size(0))
    throw std::invalid_argument(c10::str("frechet distance: ", moments_.mean.size(0), " features against ",
                                         other.mean.size(0), "; use one extractor for both sets"));
  const auto product = torch::mm(factor_.t(), torch::mm(covariance, factor_));
  const auto eigenvalues = torch::linalg_eigvalsh(0.5 * (product + product.t()));  // Ascending.
  const auto size = eigenvalues.size(0);
  const auto rank = std::min(other.count - 1, size);
  const double trace_of_root =
      eigenvalues.slice(0, size - rank, size).clamp_min(0.0).sqrt().sum().item<double>();

  const double traces = trace_ + covariance.trace().item<double>();
  const double shift = (moments_.mean - other.mean).square().sum().item<double>();
  const double distance = shift + traces - 2.0 * trace_of_root;
  if (!(distance >= -1e-6 * traces))
    throw std::invalid_argument(c10::str("frechet distance: ", distance,
                                         " is below 0, so a covariance is not positive semi-definite"));
  return std::max(distance, 0.0);
}

double frechet_distance(const Moments& first, const Moments& second) {
  return first.count <= second.count ? FrechetReference(first).distance_to(second)
                                     : FrechetReference(second).distance_to(first);
}

}  // namespace rraebench
