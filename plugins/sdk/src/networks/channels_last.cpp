#include "channels_last.hpp"

#include "../loops.hpp"
#include "reduced_precision.hpp"

#include <cmath>

namespace rraebench::networks {
namespace {

constexpr std::int64_t kStride = 2;
constexpr std::int64_t kPadding = 1;

torch::Tensor channels_last(const torch::Tensor& images) {
  return images.contiguous(torch::MemoryFormat::ChannelsLast);
}

loops::UpperHalf* upper_halves(const torch::Tensor& values) {
  return reinterpret_cast<loops::UpperHalf*>(values.data_ptr<at::BFloat16>());
}

/// values = max(values + bias, 0), channels last in memory.
void add_bias_and_rectify(torch::Tensor& values, const torch::Tensor& bias) {
  const auto channels = values.size(1);
  const auto rows = values.numel() / channels;
  const auto offsets = bias.contiguous();
  if (values.scalar_type() == torch::kBFloat16 && offsets.scalar_type() == torch::kFloat32) {
    loops::add_bias_and_rectify(upper_halves(values), offsets.data_ptr<float>(), rows, channels);
  } else if (values.scalar_type() == torch::kFloat32) {
    loops::add_bias_and_rectify(values.data_ptr<float>(), offsets.data_ptr<float>(), rows, channels);
  } else if (values.scalar_type() == torch::kFloat64) {
    loops::add_bias_and_rectify(values.data_ptr<double>(), offsets.data_ptr<double>(), rows, channels);
  } else {
    values.add_(bias.view({1, -1, 1, 1})).relu_();
  }
}

struct RectifiedGradient {
  torch::Tensor masked;   // Where the output is not zero.
  torch::Tensor of_bias;  // Its sum over all but the channels.
};

RectifiedGradient rectified_gradient(const torch::Tensor& upstream, const torch::Tensor& output) {
  const auto channels = output.size(1);
  const auto rows = output.numel() / channels;
  auto masked = torch::empty_like(output);
  const bool halves = output.scalar_type() == torch::kBFloat16;
  auto of_bias =
      torch::empty({channels}, output.options().dtype(halves ? torch::kFloat32 : output.scalar_type()));
  if (halves) {
    loops::rectified_gradient(upper_halves(upstream), upper_halves(output), upper_halves(masked),
                              of_bias.data_ptr<float>(), rows, channels);
  } else if (output.scalar_type() == torch::kFloat32) {
    loops::rectified_gradient(upstream.data_ptr<float>(), output.data_ptr<float>(), masked.data_ptr<float>(),
                              of_bias.data_ptr<float>(), rows, channels);
  } else if (output.scalar_type() == torch::kFloat64) {
    loops::rectified_gradient(upstream.data_ptr<double>(), output.data_ptr<double>(),
                              masked.data_ptr<double>(), of_bias.data_ptr<double>(), rows, channels);
  } else {
    masked = upstream * (output > 0);
    of_bias = masked.sum({0, 2, 3});
  }
  return {masked, of_bias};
}

/// The transposed convolution as what it is, the gradient of a convolution with the same weight: LibTorch's
/// CPU kernels are fast for convolutions and their gradients, and slow for conv_transpose2d.
class TransposedConvolution : public torch::autograd::Function<TransposedConvolution> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& input,
                               const torch::Tensor& weight, const torch::Tensor& bias,
                               std::int64_t output_padding, Activation activation) {
    const auto images = channels_last(input);
    const auto kernel = channels_last(weight);
    const auto extent = [&](std::int64_t dimension) {
      return (images.size(dimension) - 1) * kStride - 2 * kPadding + kernel.size(dimension) + output_padding;
    };
    const auto shape_only = torch::empty({images.size(0), kernel.size(1), extent(2), extent(3)},
                                         images.options().memory_format(torch::MemoryFormat::ChannelsLast));
    auto output = std::get<0>(gradients(images, shape_only, kernel, {true, false, false}));
    if (activation == Activation::kRelu) {
      add_bias_and_rectify(output, bias);
      context->save_for_backward({images, kernel, output});
    } else {
      output += bias.view({1, -1, 1, 1});
      context->save_for_backward({images, kernel});
    }
    return output;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list upstream) {
    const auto saved = context->get_saved_variables();
    const auto& images = saved[0];
    const auto& kernel = saved[1];
    auto of_output = channels_last(upstream[0]);
    torch::Tensor of_bias;
    if (saved.size() > 2) {
      const auto gradient = rectified_gradient(of_output, saved[2]);
      of_output = gradient.masked;
      of_bias = gradient.of_bias;
    } else {
      const auto type = of_output.scalar_type();
      of_bias =
          of_output.sum({0, 2, 3}, /*keepdim=*/false, type == torch::kBFloat16 ? torch::kFloat32 : type);
    }
    torch::Tensor of_input;
    if (context->needs_input_grad(0)) of_input = torch::conv2d(of_output, kernel, {}, kStride, kPadding);
    const auto of_weight = std::get<1>(gradients(images, of_output, kernel, {false, true, false}));
    return {of_input, of_weight, of_bias, {}, {}};
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
                               std::int64_t output_padding, Activation activation)
    : output_padding_(output_padding), activation_(activation) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(channels_in * kernel * kernel));
  const auto uniform = [&](at::IntArrayRef shape) { return torch::empty(shape).uniform_(-bound, bound); };
  weight_ = register_parameter("weight", uniform({channels_in, channels_out, kernel, kernel}));
  bias_ = register_parameter("bias", uniform({channels_out}));
}

torch::Tensor UpsamplingImpl::forward(const torch::Tensor& input) {
  if (input.is_cpu()) {
    const auto type = computes_in_bfloat16(input.device()) ? torch::kBFloat16 : input.scalar_type();
    return TransposedConvolution::apply(input.to(type), weight_.to(type), bias_, output_padding_,
                                        activation_);
  }
  const auto output = torch::conv_transpose2d(input, weight_, bias_, kStride, kPadding, output_padding_);
  return activation_ == Activation::kRelu ? output.relu() : output;
}

}  // namespace rraebench::networks
