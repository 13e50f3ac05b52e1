#pragma once
// Implements: images with their channels last in memory, where LibTorch's CPU kernels are several times
// faster than in its default layout (tests/benchmarks/convolution_benchmark.cpp).

#include "rraebench/torch.hpp"

#include <cstdint>
#include <utility>

namespace rraebench::networks {

/// N x C x H x W, in the memory layout of this project's image layers.
torch::Tensor channels_last(const torch::Tensor& images);

/// Of conv2d(input, kernel) under the upstream gradient `upstream`: of the input and of the kernel, undefined
/// where not asked for.
std::pair<torch::Tensor, torch::Tensor> convolution_gradients(const torch::Tensor& upstream,
                                                              const torch::Tensor& input,
                                                              const torch::Tensor& kernel,
                                                              std::int64_t stride, std::int64_t padding,
                                                              bool of_input, bool of_kernel);

}  // namespace rraebench::networks
