#include "metrics/extractors/pca.hpp"

#include "metrics/moments.hpp"
#include "metrics/one_thread.hpp"
#include "metrics/tensors.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace rraebench {
namespace {

constexpr std::int64_t kPcaBatch = 64;
constexpr std::int64_t kColumnBlock = 2048;

torch::Tensor with_canonical_signs(const torch::Tensor& components) {
  const auto largest = components.gather(0, components.abs().argmax(0, /*keepdim=*/true));
  return torch::where(largest < 0.0, -components, components).contiguous();
}

/// Calls `visit` with the place of each block's first column, the block's centred columns and their means.
template <typename Visit>
void for_each_column_block(const torch::Tensor& rows, const Visit& visit) {
  for (std::int64_t first = 0; first < rows.size(1); first += kColumnBlock) {
    const auto block =
        float64_matrix(rows.slice(1, first, std::min(first + kColumnBlock, rows.size(1))), "pca");
    const auto mean = block.mean(0);
    visit(first, block - mean, mean);
  }
}

/// What variance rounding makes negative is none.
torch::Tensor leading_deviations(const torch::Tensor& rising_variances, std::int64_t count) {
  const auto all = rising_variances.size(0);
  return rising_variances.slice(0, all - count, all).flip(0).clamp_min(0.0).sqrt();
}

struct PrincipalComponents {
  torch::Tensor mean;
  torch::Tensor directions;
  torch::Tensor deviations;
};

/// Mean and leading right singular vectors of a wide matrix, through the Gram matrix of its centred rows (the
/// method of snapshots, Sirovich 1987): a block of columns at a time, so that nothing of the samples' size is
/// needed in double precision. QR gives directions without variance an orthonormal completion.
PrincipalComponents fit_wide(const torch::Tensor& rows, std::int64_t count) {
  const auto samples = rows.size(0);
  auto gram = torch::zeros({samples, samples}, torch::kFloat64);
  for_each_column_block(rows, [&](std::int64_t, const torch::Tensor& block, const torch::Tensor&) {
    gram.addmm_(block, block.t());
  });
  const auto [values, vectors] = torch::linalg_eigh(gram);  // Ascending.
  const auto leading = vectors.slice(1, samples - count, samples).flip(1);
  auto scaled = torch::empty({rows.size(1), count}, torch::kFloat64);
  auto mean = torch::empty({rows.size(1)}, torch::kFloat64);
  for_each_column_block(rows,
                        [&](std::int64_t first, const torch::Tensor& block, const torch::Tensor& block_mean) {
                          const auto last = first + block.size(1);
                          scaled.slice(0, first, last).copy_(block.t().mm(leading));
                          mean.slice(0, first, last).copy_(block_mean);
                        });
  return {mean, std::get<0>(torch::linalg_qr(scaled)),
          leading_deviations(values / static_cast<double>(samples - 1), count)};
}

}  // namespace

PcaExtractor::PcaExtractor(torch::Tensor mean, torch::Tensor components, torch::Tensor deviations)
    : FeatureExtractor(kPcaBatch),
      mean_(std::move(mean)),
      components_(std::move(components)),
      deviations_(std::move(deviations)) {
  if (mean_.dim() != 1 || components_.dim() != 2 || deviations_.dim() != 1 ||
      mean_.size(0) != components_.size(0) || deviations_.size(0) != components_.size(1) ||
      mean_.scalar_type() != torch::kFloat64 || components_.scalar_type() != torch::kFloat64 ||
      deviations_.scalar_type() != torch::kFloat64)
    throw std::invalid_argument(
        c10::str("pca: expected a mean of D, components of D x K and K deviations in float64, got ",
                 mean_.sizes(), ", ", components_.sizes(), " and ", deviations_.sizes()));
}

PcaExtractor PcaExtractor::fit(const torch::Tensor& values, std::int64_t components) {
  if (!values.defined() || values.dim() < 2 || values.size(0) == 0)
    throw std::invalid_argument("pca: expected training samples as rows");
  const OneThread one_thread;
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
    const auto [variances, vectors] = torch::linalg_eigh(moments.covariance());  // Ascending.
    return {moments.mean, with_canonical_signs(vectors.slice(1, size - components, size).flip(1)),
            leading_deviations(variances, components)};
  }
  const auto found = fit_wide(rows, components);
  return {found.mean, with_canonical_signs(found.directions), found.deviations};
}

std::int64_t PcaExtractor::rank() const {
  constexpr double kNoVariance = 1e-6;
  return (deviations_ > kNoVariance * deviations_[0]).sum().item<std::int64_t>();
}

void PcaExtractor::check_sample_shape(at::IntArrayRef shape) const {
  if (c10::multiply_integers(shape) != mean_.size(0))
    throw std::invalid_argument(
        c10::str("pca: fitted on samples of ", mean_.size(0), " values, got samples of shape ", shape));
}

FeatureRows PcaExtractor::extract_batch(const torch::Tensor& batch) const {
  return {torch::mm(batch.flatten(1).to(mean_.options()) - mean_, components_), {}};
}

}  // namespace rraebench
