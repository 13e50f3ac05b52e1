#pragma once
// Implements: LibTorch's generators put back as they were, so that what the host tries on a model leaves no
// trace in the noise of its run.

#include <torch/types.h>

namespace rraebench {

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
