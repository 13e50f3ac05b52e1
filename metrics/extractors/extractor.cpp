#include "metrics/extractors/extractor.hpp"

#include <stdexcept>

namespace rraebench {

void FeatureExtractor::check(const torch::Tensor& values) const {
  if (!values.defined() || values.dim() < 2 || values.size(0) == 0 || !values.is_floating_point())
    throw std::invalid_argument(values.defined()
                                    ? c10::str("feature extractor: expected floating-point samples, got ",
                                               values.scalar_type(), " of shape ", values.sizes())
                                    : "feature extractor: no samples were given");
  check_sample_shape(values.sizes().slice(1));
}

torch::Tensor FeatureExtractor::features(const torch::Tensor& values) const {
  check(values);
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> features;
  for (const auto& batch : values.split(batch_size_))
    features.push_back(batch_features(batch).to(torch::kCPU));
  return torch::cat(features);
}

std::optional<torch::Tensor> FeatureExtractor::class_probabilities(const torch::Tensor& values) const {
  if (!has_classes()) return std::nullopt;
  check(values);
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> probabilities;
  for (const auto& batch : values.split(batch_size_))
    probabilities.push_back(batch_class_probabilities(batch).to(torch::kCPU));
  return torch::cat(probabilities);
}

torch::Tensor FeatureExtractor::batch_class_probabilities(const torch::Tensor&) const {
  throw std::logic_error("this feature extractor has no classes");
}

}  // namespace rraebench
