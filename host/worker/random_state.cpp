#include "host/worker/random_state.hpp"

#include <ATen/Context.h>

namespace rraebench {

at::Generator generator_of(torch::Device device) {
  return at::globalContext().defaultGenerator(device);
}

RandomStateGuard::RandomStateGuard(torch::Device device)
    : device_(device), cpu_(generator_of(torch::kCPU).get_state()) {
  if (!device_.is_cpu()) other_ = generator_of(device_).get_state();
}

RandomStateGuard::~RandomStateGuard() {
  generator_of(torch::kCPU).set_state(cpu_);
  if (other_.defined()) generator_of(device_).set_state(other_);
}

}  // namespace rraebench
