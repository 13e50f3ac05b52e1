#include "channels_last.hpp"

#include <cmath>

namespace rraebench::networks {
namespace {

constexpr std::int64_t kStride = 2;
constexpr std::int64_t kPadding = 1;

torch::Tensor channels_last(const torch::Tensor& images) {
  return images.contiguous(torch::MemoryFormat::ChannelsLast);
}

/// The transposed convolution as what it is, the gradient of a convolution with the same weight: LibTorch's
/// CPU kernels are fast for convolutions and their gradients, and slow for conv_transpose2d.
class TransposedConvolution : public torch::autograd::Function<TransposedConvolution> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& input,
                               const torch::Tensor& weight, const torch::Tensor& bias,
                               std::int64_t output_padding) {
    const auto images = channels_last(input);
    const auto kernel = channels_last(weight);
    context->save_for_backward({images, kernel});
    const auto extent = [&](std::int64_t dimension) {
      return (images.size(dimension) - 1) * kStride - 2 * kPadding + kernel.size(dimension) + output_padding;
    };
    const auto shape_only = torch::empty({images.size(0), kernel.size(1), extent(2), extent(3)},
                                         images.options().memory_format(torch::MemoryFormat::ChannelsLast));
    auto output = std::get<0>(gradients(images, shape_only, kernel, {true, false, false}));
    output += bias.view({1, -1, 1, 1});
    return output;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list upstream) {
    const auto saved = context->get_saved_variables();
    const auto& images = saved[0];
    const auto& kernel = saved[1];
    const auto of_output = channels_last(upstream[0]);
    torch::Tensor of_input;
    if (context->needs_input_grad(0)) of_input = torch::conv2d(of_output, kernel, {}, kStride, kPadding);
    const auto of_weight = std::get<1>(gradients(images, of_output, kernel, {false, true, false}));
    return {of_input, of_weight, of_output.sum({0, 2, 3}), {}};
  }

 private:
  /// Of conv2d(input, kernel) under the upstream gradient `upstream`.
  static std::tuple<torch::Tensor, torch::Tensor, torch::Tensor> gradients(const torch::Tensor& upstream,
                                                                           const torch::Tensor& input,
                                                                           const torch::Tensor& kernel,
                                                                           std::array<bool, 3> wanted) {
    return torch::convolution_backward(upstream, input, kernel, c10::nullopt, {kStride, kStride},
                                       {kPadding, kPadding}, {1, 1}, /*transposed=*/false, {0, 0},
                                       /*groups=*/1, wanted);
  }
};

}  // namespace

torch::Tensor ConvolutionImpl::forward(const torch::Tensor& input) {
  return channels_last(torch::nn::Conv2dImpl::forward(channels_last(input)));
}

UpsamplingImpl::UpsamplingImpl(std::int64_t channels_in, std::int64_t channels_out, std::int64_t kernel,
                               std::int64_t output_padding)
    : output_padding_(output_padding) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(channels_in * kernel * kernel));
  const auto uniform = [&](at::IntArrayRef shape) { return torch::empty(shape).uniform_(-bound, bound); };
  weight_ = register_parameter("weight", uniform({channels_in, channels_out, kernel, kernel}));
  bias_ = register_parameter("bias", uniform({channels_out}));
}

torch::Tensor UpsamplingImpl::forward(const torch::Tensor& input) {
  if (input.is_cpu()) return TransposedConvolution::apply(input, weight_, bias_, output_padding_);
  return torch::conv_transpose2d(input, weight_, bias_, kStride, kPadding, output_padding_);
}

}  // namespace rraebench::networks
