#pragma once
// Implements: the image networks' transposed convolutions, channels last in memory.

#include "activation.hpp"
#include "rraebench/torch.hpp"

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <cstdint>

namespace rraebench::networks {

/// A transposed convolution of stride 2 and padding 1: N x channels_in x H x W -> N x channels_out x H' x W'
/// with H' = 2 H + kernel - 4 + output_padding, and its activation, in one pass with the bias. weight:
/// channels_in x channels_out x kernel x kernel; bias: channels_out. Gradients of gradients are exact, too.
torch::Tensor upsample(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias,
                       std::int64_t output_padding, Activation activation);

/// The layer of upsample(). Weight and bias start uniform in +-1/sqrt(channels_in kernel^2), as in the
/// papers' code (LibTorch's own default takes channels_out there).
class UpsamplingImpl : public torch::nn::Module {
 public:
  UpsamplingImpl(std::int64_t channels_in, std::int64_t channels_out, std::int64_t kernel,
                 std::int64_t output_padding, Activation activation = Activation::kNone);
  torch::Tensor forward(const torch::Tensor& input);

 private:
  torch::Tensor weight_;  // channels_in x channels_out x kernel x kernel
  torch::Tensor bias_;    // channels_out
  std::int64_t output_padding_;
  Activation activation_;
};
TORCH_MODULE(Upsampling);

}  // namespace rraebench::networks
