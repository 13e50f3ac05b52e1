#pragma once
// Implements: the feature extractor `pca:K`: principal components of the training set (of more than 10000
// samples, a random choice of so many), for data without labels.

#include "metrics/extractors/extractor.hpp"

namespace rraebench {

/// Features = (x - mean) times the first K principal components of the training values, not whitened:
/// distances between features are those between samples within the components' span, and FID keeps the data's
/// unit squared.
class PcaExtractor final : public FeatureExtractor {
 public:
  /// `mean`: D; `components`: D x K with orthonormal columns, as `state` gives them; `deviations`: K.
  /// float64.
  PcaExtractor(torch::Tensor mean, torch::Tensor components, torch::Tensor deviations);

  /// `values`: N x sample shape, flattened to N x D. By the eigendecomposition of the smaller of the
  /// covariance and the Gram matrix, streamed, in memory of min(N, D)^2 (components whose standard deviation
  /// is below about 1e-8 of the first's are arbitrary within their span). Each component has its entry of
  /// largest magnitude positive. On one thread, so that every number of them gives the same bits. Throws
  /// std::invalid_argument unless 1 <= components <= min(N - 1, D).
  static PcaExtractor fit(const torch::Tensor& values, std::int64_t components);

  std::vector<torch::Tensor> state() const override { return {mean_, components_}; }

  /// K: standard deviations along the components of the samples that it was fitted to, falling.
  const torch::Tensor& deviations() const { return deviations_; }
  /// Of how many components the deviation is above 1e-6 of the first's; the others are arbitrary directions.
  std::int64_t rank() const;

 private:
  void check_sample_shape(at::IntArrayRef shape) const override;
  FeatureRows extract_batch(const torch::Tensor& batch) const override;

  torch::Tensor mean_;        // D
  torch::Tensor components_;  // D x K
  torch::Tensor deviations_;  // K
};

}  // namespace rraebench
