#pragma once
// Implements: the states of LibTorch's generators, put back so that what the host tries on a model leaves no
// trace in the noise of its run, and kept so that a resumed run goes on with its own.

#include <torch/types.h>

namespace rraebench {

/// The one that noise on the device is drawn from.
at::Generator generator_of(torch::Device device);

/// Keeps the states of the CPU's generator and, for a model elsewhere, of its device's, and restores them at
/// the end of its scope.
class RandomStateGuard {
 public:
  explicit RandomStateGuard(torch::Device device = torch::kCPU);
  ~RandomStateGuard();
  RandomStateGuard(const RandomStateGuard&) = delete;
  RandomStateGuard& operator=(const RandomStateGuard&) = delete;

 private:
  torch::Device device_;
  torch::Tensor cpu_;
  torch::Tensor other_;  // Undefined where the device is the CPU.
};

}  // namespace rraebench
