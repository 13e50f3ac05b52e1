#include "reduced_precision.hpp"

#include <ATen/autocast_mode.h>

namespace rraebench::networks {
namespace {

// LibTorch 2.4 made one function for all devices of one a device.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
bool is_enabled(torch::Device device) {
  return at::autocast::is_autocast_enabled(device.type());
}
void set_enabled(torch::Device device, bool enabled) {
  at::autocast::set_autocast_enabled(device.type(), enabled);
}
void set_bfloat16(torch::Device device) {
  at::autocast::set_autocast_dtype(device.type(), torch::kBFloat16);
}
#else
bool is_enabled(torch::Device device) {
  return device.is_cpu() ? at::autocast::is_cpu_enabled() : at::autocast::is_enabled();
}
void set_enabled(torch::Device device, bool enabled) {
  if (device.is_cpu()) {
    at::autocast::set_cpu_enabled(enabled);
  } else {
    at::autocast::set_enabled(enabled);
  }
}
void set_bfloat16(torch::Device device) {
  if (device.is_cpu()) {
    at::autocast::set_autocast_cpu_dtype(torch::kBFloat16);
  } else {
    at::autocast::set_autocast_gpu_dtype(torch::kBFloat16);
  }
}
#endif

class Bfloat16For {
 public:
  explicit Bfloat16For(torch::Device device) : device_(device), before_(is_enabled(device)) {
    set_bfloat16(device_);
    set_enabled(device_, true);
  }
  ~Bfloat16For() {
    set_enabled(device_, before_);
    at::autocast::clear_cache();  // Of weights as they were in this step.
  }
  Bfloat16For(const Bfloat16For&) = delete;
  Bfloat16For& operator=(const Bfloat16For&) = delete;

 private:
  torch::Device device_;
  bool before_;
};

}  // namespace

bool computes_in_bfloat16(torch::Device device) {
  return is_enabled(device);
}

ReducedPrecisionImpl::ReducedPrecisionImpl(torch::nn::Sequential layers)
    : layers_(register_module("layers", std::move(layers))) {}

torch::Tensor ReducedPrecisionImpl::forward(const torch::Tensor& input) {
  if (!is_training()) return layers_->forward(input);
  const Bfloat16For layers(input.device());
  return layers_->forward(input).to(input.scalar_type());
}

}  // namespace rraebench::networks
