#include "metrics/frechet.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>

namespace rraebench {
namespace {

/// d x r matrix A with covariance = A A^T, r = min(count - 1, d).
torch::Tensor covariance_factor(const torch::Tensor& covariance, std::int64_t count) {
  const auto size = covariance.size(0);
  const auto rank = std::min(count - 1, size);
  const auto [eigenvalues, eigenvectors] = torch::linalg_eigh(covariance);  // Ascending.
  const auto roots = eigenvalues.slice(0, size - rank, size).clamp_min(0.0).sqrt();
  return eigenvectors.slice(1, size - rank, size) * roots;
}

}  // namespace

double frechet_distance(const Moments& first, const Moments& second) {
  const auto first_covariance = first.covariance();
  const auto second_covariance = second.covariance();
  if (first.mean.size(0) != second.mean.size(0))
    throw std::invalid_argument(c10::str("frechet distance: ", first.mean.size(0), " features against ",
                                         second.mean.size(0), "; use one extractor for both sets"));
  const bool first_is_smaller = first.count <= second.count;
  const auto& factored = first_is_smaller ? first_covariance : second_covariance;
  const auto& other = first_is_smaller ? second_covariance : first_covariance;
  const auto factor = covariance_factor(factored, std::min(first.count, second.count));
  const auto product = torch::mm(factor.t(), torch::mm(other, factor));
  const double trace_of_root =
      torch::linalg_eigvalsh(0.5 * (product + product.t())).clamp_min(0.0).sqrt().sum().item<double>();

  const double traces = first_covariance.trace().item<double>() + second_covariance.trace().item<double>();
  const double shift = (first.mean - second.mean).square().sum().item<double>();
  const double distance = shift + traces - 2.0 * trace_of_root;
  if (!(distance >= -1e-6 * traces))
    throw std::invalid_argument(c10::str("frechet distance: ", distance,
                                         " is below 0, so a covariance is not positive semi-definite"));
  return std::max(distance, 0.0);
}

}  // namespace rraebench
