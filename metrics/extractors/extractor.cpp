#include "metrics/extractors/extractor.hpp"

#include "metrics/one_thread.hpp"
#include "metrics/side_by_side.hpp"

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
  const int threads = device().is_cpu() ? at::get_num_threads() : 1;
  const OneThread one_thread;
  side_by_side(threads, count, 1, [&](std::int64_t i, std::int64_t) {
    const torch::NoGradGuard no_grad;  // Of the thread that works.
    const auto place = static_cast<std::size_t>(i);
    parts[place] = work(batches[place]).to(torch::kCPU);
  });
  return torch::cat(parts);
}

torch::Tensor FeatureExtractor::batch_class_probabilities(const torch::Tensor&) const {
  throw std::logic_error("this feature extractor has no classes");
}

}  // namespace rraebench
