#include "metrics/extractors/extractor.hpp"

#include "metrics/one_thread.hpp"

#include <ATen/Parallel.h>

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
  return over_batches(values, [this](const torch::Tensor& batch) { return batch_features(batch); });
}

std::optional<torch::Tensor> FeatureExtractor::class_probabilities(const torch::Tensor& values) const {
  if (!has_classes()) return std::nullopt;
  check(values);
  return over_batches(values,
                      [this](const torch::Tensor& batch) { return batch_class_probabilities(batch); });
}

torch::Tensor FeatureExtractor::over_batches(
    const torch::Tensor& values, const std::function<torch::Tensor(const torch::Tensor&)>& work) const {
  const auto batches = values.split(batch_size_);
  const auto count = static_cast<std::int64_t>(batches.size());
  std::vector<torch::Tensor> parts(batches.size());
  const auto some = [&](std::int64_t begin, std::int64_t end) {
    const torch::NoGradGuard no_grad;  // Of this thread.
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i)
      parts[i] = work(batches[i]).to(torch::kCPU);
  };
  if (at::in_parallel_region()) {
    some(0, count);
  } else if (count == 1 || at::get_num_threads() == 1 || !device().is_cpu()) {
    const OneThread one_thread;
    some(0, count);
  } else {
    at::parallel_for(0, count, 1, some);
  }
  return torch::cat(parts);
}

torch::Tensor FeatureExtractor::batch_class_probabilities(const torch::Tensor&) const {
  throw std::logic_error("this feature extractor has no classes");
}

}  // namespace rraebench
