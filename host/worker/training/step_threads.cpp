#include "host/worker/training/step_threads.hpp"

namespace rraebench {
namespace {

constexpr double kWorthSharing =
    3e8;  // Floating point operations of a step: some two milliseconds of a core.
constexpr double kOperationsPerWeight =
    6.0;  // Multiply and add, forward and twice backward, for each sample.

}  // namespace

std::int64_t threads_of_a_step(const Model& model, std::int64_t batch_size, std::int64_t threads) {
  double operations = 0.0;
  for (const auto& parameter : model.parameters()) {
    if (parameter.dim() > 2) return threads;  // A convolution, whose weights are used at every place.
    operations +=
        kOperationsPerWeight * static_cast<double>(parameter.numel()) * static_cast<double>(batch_size);
  }
  return operations < kWorthSharing ? 1 : threads;
}

}  // namespace rraebench
