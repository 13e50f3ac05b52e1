#include "host/worker/training/step_threads.hpp"

#include "host/common/small_networks.hpp"

#include <algorithm>

namespace rraebench {

bool has_convolutions(const Model& model) {
  const auto parameters = model.parameters();
  return std::any_of(parameters.begin(), parameters.end(),
                     [](const torch::Tensor& parameter) { return parameter.dim() > 2; });
}

std::int64_t threads_of_a_step(const Model& model, std::int64_t batch_size, std::int64_t threads) {
  if (has_convolutions(model)) return threads;
  std::int64_t weights = 0;
  for (const auto& parameter : model.parameters()) weights += parameter.numel();
  return trains_on_one_thread(weights, batch_size) ? 1 : threads;
}

}  // namespace rraebench
