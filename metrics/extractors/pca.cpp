#include "metrics/extractors/pca.hpp"

#include "metrics/moments.hpp"
#include "metrics/tensors.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace rraebench {
namespace {

constexpr std::int64_t kBatchSize = 1024;

torch::Tensor with_canonical_signs(const torch::Tensor& components) {
  const auto largest = components.gather(0, components.abs().argmax(0, /*keepdim=*/true));
  return torch::where(largest < 0.0, -components, components).contiguous();
}

}  // namespace

PcaExtractor::PcaExtractor(torch::Tensor mean, torch::Tensor components)
    : FeatureExtractor(kBatchSize), mean_(std::move(mean)), components_(std::move(components)) {
  if (mean_.dim() != 1 || components_.dim() != 2 || mean_.size(0) != components_.size(0) ||
      mean_.scalar_type() != torch::kFloat64 || components_.scalar_type() != torch::kFloat64)
    throw std::invalid_argument(c10::str("pca: expected a mean of D and components of D x K in float64, got ",
                                         mean_.sizes(), " and ", components_.sizes()));
}

PcaExtractor PcaExtractor::fit(const torch::Tensor& values, std::int64_t components) {
  if (!values.defined() || values.dim() < 2 || values.size(0) == 0)
    throw std::invalid_argument("pca: expected training samples as rows");
  const torch::NoGradGuard no_grad;
  const auto rows = values.flatten(1);
  const auto count = rows.size(0);
  const auto size = rows.size(1);
  const auto limit = std::min(count - 1, size);
  if (components < 1 || components > limit)
    throw std::invalid_argument(c10::str("pca:", components, ": ", count, " training samples of ", size,
                                         " values allow 1 to ", limit, " components"));
  if (count > size) {
    const auto moments = moments_of(rows);
    const auto vectors = std::get<1>(torch::linalg_eigh(moments.covariance()));  // Ascending.
    return {moments.mean, with_canonical_signs(vectors.slice(1, size - components, size).flip(1))};
  }
  const auto matrix = float64_matrix(rows, "pca");
  const auto mean = matrix.mean(0);
  const auto right = std::get<2>(torch::linalg_svd(matrix - mean, /*full_matrices=*/false));
  return {mean, with_canonical_signs(right.slice(0, 0, components).t())};
}

void PcaExtractor::check_sample_shape(at::IntArrayRef shape) const {
  if (c10::multiply_integers(shape) != mean_.size(0))
    throw std::invalid_argument(
        c10::str("pca: fitted on samples of ", mean_.size(0), " values, got samples of shape ", shape));
}

torch::Tensor PcaExtractor::batch_features(const torch::Tensor& batch) const {
  return torch::mm(batch.flatten(1).to(mean_.options()) - mean_, components_);
}

}  // namespace rraebench
