#include "host/worker/training/step_threads.hpp"

#include "host/common/small_networks.hpp"

namespace rraebench {

std::int64_t threads_of_a_step(const Model& model, std::int64_t batch_size, std::int64_t threads) {
  std::int64_t weights = 0;
  for (const auto& parameter : model.parameters()) {
    if (parameter.dim() > 2) return threads;  // A convolution, whose weights are used at every place.
    weights += parameter.numel();
  }
  return trains_on_one_thread(weights, batch_size) ? 1 : threads;
}

}  // namespace rraebench
