#pragma once
// Implements: the image networks' convolutions, channels last in memory.

#include "rraebench/torch.hpp"

#include <torch/nn/modules/conv.h>

namespace rraebench::networks {

/// torch::nn::Conv2d, whose input may have any memory layout and whose output has its channels last. To few
/// channels, without padding and with steps of 1, it is loops of our own: LibTorch's kernels are made for
/// many.
class ConvolutionImpl : public torch::nn::Conv2dImpl {
 public:
  using torch::nn::Conv2dImpl::Conv2dImpl;
  torch::Tensor forward(const torch::Tensor& input);
};
TORCH_MODULE(Convolution);

}  // namespace rraebench::networks
