#pragma once
// Implements: the image networks' convolutions, channels last in memory, where LibTorch's CPU kernels are
// several times faster than in its default layout (tests/benchmarks/convolution_benchmark.cpp).

#include "rraebench/torch.hpp"

#include <torch/nn/modules/conv.h>

#include <cstdint>

namespace rraebench::networks {

/// N x C x H x W, in the memory layout of these layers.
torch::Tensor channels_last(const torch::Tensor& images);

/// torch::nn::Conv2d, whose input may have any memory layout and whose output has its channels last. To few
/// channels, without padding and with steps of 1, it is loops of our own: LibTorch's kernels are made for
/// many.
class ConvolutionImpl : public torch::nn::Conv2dImpl {
 public:
  using torch::nn::Conv2dImpl::Conv2dImpl;
  torch::Tensor forward(const torch::Tensor& input);
};
TORCH_MODULE(Convolution);

enum class Activation { kNone, kRelu };

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
