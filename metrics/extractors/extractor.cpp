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

FeatureRows FeatureExtractor::extract(const torch::Tensor& values) const {
  check(values);
  const auto batches = values.split(batch_size_);
  const auto count = static_cast<std::int64_t>(batches.size());
  std::vector<torch::Tensor> features(batches.size());
  std::vector<torch::Tensor> probabilities(batches.size());
  const int threads = device().is_cpu() ? at::get_num_threads() : 1;
  const OneThread one_thread;
  side_by_side(threads, count, 1, [&](std::int64_t i, std::int64_t) {
    const torch::NoGradGuard no_grad;  // Of the thread that works.
    const auto place = static_cast<std::size_t>(i);
    const auto rows = extract_batch(batches[place]);
    features[place] = rows.features.to(torch::kCPU);
    if (rows.probabilities.defined()) probabilities[place] = rows.probabilities.to(torch::kCPU);
  });
  const bool has_classes = probabilities.front().defined();
  return {torch::cat(features), has_classes ? torch::cat(probabilities) : torch::Tensor()};
}

}  // namespace rraebench
