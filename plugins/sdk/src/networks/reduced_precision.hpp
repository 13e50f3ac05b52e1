#pragma once
// Implements: a network that is trained in bfloat16: its layers' products on the processor's or GPU's units
// for that, its weights, its input and its output in float32.

#include "rraebench/torch.hpp"

namespace rraebench::networks {

/// Whether LibTorch's operations on this device compute in bfloat16 now (automatic mixed precision).
bool computes_in_bfloat16(torch::Device device);

/// In training mode `layers` under automatic mixed precision; in evaluation mode as they are.
class ReducedPrecisionImpl : public torch::nn::Module {
 public:
  explicit ReducedPrecisionImpl(torch::nn::Sequential layers);
  torch::Tensor forward(const torch::Tensor& input);

 private:
  torch::nn::Sequential layers_;
};
TORCH_MODULE(ReducedPrecision);

}  // namespace rraebench::networks
