#include "host/worker/random_state.hpp"

#include <ATen/Context.h>

namespace rraebench {
namespace {

at::Generator generator_of(torch::Device device) {
  return at::globalContext().defaultGenerator(device);
}

}  // namespace

RandomStateGuard::RandomStateGuard(torch::Device device)
    : device_(device), cpu_(generator_of(torch::kCPU).get_state()) {
  if (!device_.is_cpu()) other_ = generator_of(device_).get_state();
}

RandomStateGuard::~RandomStateGuard() {
  auto cpu = generator_of(torch::kCPU);
  cpu.set_state(cpu_);
  if (!other_.defined()) return;
  auto other = generator_of(device_);
  other.set_state(other_);
}

}  // namespace rraebench
