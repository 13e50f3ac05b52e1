#include "upsampling.hpp"

#include "../loops/rectification.hpp"
#include "../loops/upper_half.hpp"
#include "channels_last.hpp"
#include "convolution_products.hpp"
#include "reduced_precision.hpp"

#include <array>
#include <cmath>

namespace rraebench::networks {
namespace {

constexpr std::int64_t kStride = 2;
constexpr std::int64_t kPadding = 1;

bool has_loops_for(torch::ScalarType type) {
  return type == torch::kFloat32 || type == torch::kFloat64 || type == torch::kBFloat16;
}

/// Calls work(value, sum) with a value of the type's and one of the type in which it is summed, for a type
/// that has_loops_for().
template <typename Work>
void for_type(torch::ScalarType type, const Work& work) {
  switch (type) {
    case torch::kFloat64:
      work(double(), double());
      return;
    case torch::kBFloat16:
      work(loops::UpperHalf(), float());
      return;
    default:
      work(float(), float());
  }
}

torch::ScalarType type_of_sums(torch::ScalarType type) {
  return type == torch::kBFloat16 ? torch::kFloat32 : type;
}

/// values = max(values + bias, 0), channels last in memory.
void add_bias_and_rectify(torch::Tensor& values, const torch::Tensor& bias) {
  const auto channels = values.size(1);
  const auto offsets = bias.to(type_of_sums(values.scalar_type())).contiguous();
  for_type(values.scalar_type(), [&](auto value, auto sum) {
    loops::add_bias_and_rectify(static_cast<decltype(value)*>(values.data_ptr()),
                                static_cast<const decltype(sum)*>(offsets.data_ptr()),
                                values.numel() / channels, channels);
  });
}

struct RectifiedGradient {
  torch::Tensor masked;   // Where the output is not zero.
  torch::Tensor of_bias;  // Its sum over all but the channels.
};

RectifiedGradient rectified_gradient(const torch::Tensor& upstream, const torch::Tensor& output) {
  const auto channels = output.size(1);
  const auto type = output.scalar_type();
  RectifiedGradient gradient{torch::empty_like(output),
                             torch::empty({channels}, output.options().dtype(type_of_sums(type)))};
  for_type(type, [&](auto value, auto sum) {
    using Value = decltype(value);
    loops::rectified_gradient(
        static_cast<const Value*>(upstream.data_ptr()), static_cast<const Value*>(output.data_ptr()),
        static_cast<Value*>(gradient.masked.data_ptr()),
        static_cast<decltype(sum)*>(gradient.of_bias.data_ptr()), output.numel() / channels, channels);
  });
  return gradient;
}

/// The transposed convolution as what it is, the gradient of a convolution with the same weight: LibTorch's
/// CPU kernels are fast for convolutions and their gradients, and slow for conv_transpose2d.
class TransposedConvolution : public torch::autograd::Function<TransposedConvolution> {
 public:
  /// Channels last: images and kernel. (A copy made here would cut off the gradient of a gradient.)
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& images,
                               const torch::Tensor& kernel, const torch::Tensor& bias,
                               std::int64_t output_padding, Activation activation) {
    const auto extent = [&](std::int64_t dimension) {
      return (images.size(dimension) - 1) * kStride - 2 * kPadding + kernel.size(dimension) + output_padding;
    };
    const std::array<std::int64_t, 4> shape{images.size(0), kernel.size(1), extent(2), extent(3)};
    if (products::can(images, kernel, images.scalar_type())) {
      auto output = products::transposed(images, kernel, bias, activation,
                                         products::sizes_of(shape, kernel, kStride, kPadding));
      context->save_for_backward(activation == Activation::kRelu
                                     ? torch::autograd::variable_list{images, kernel, output}
                                     : torch::autograd::variable_list{images, kernel});
      return output;
    }
    const auto shape_only =
        torch::empty(shape, images.options().memory_format(torch::MemoryFormat::ChannelsLast));
    auto output = channels_last(
        convolution_gradients(images, shape_only, kernel, kStride, kPadding, true, false).first);
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
    const bool is_rectified = saved.size() > 2;
    if (is_rectified && !torch::GradMode::is_enabled()) {
      const auto gradient = rectified_gradient(of_output, saved[2]);
      of_output = gradient.masked;
      of_bias = gradient.of_bias;
    } else {
      // The loops have no gradient of their own, which a loss of gradients asks for.
      if (is_rectified) of_output = of_output * (saved[2] > 0);
      of_bias = of_output.sum({0, 2, 3}, /*keepdim=*/false, type_of_sums(of_output.scalar_type()));
    }
    torch::Tensor of_input;
    if (!torch::GradMode::is_enabled() && products::can(of_output, kernel, of_output.scalar_type())) {
      const auto sizes = products::sizes_of(of_output.sizes(), kernel, kStride, kPadding);
      const auto patches = products::patches(of_output, sizes);
      if (context->needs_input_grad(0)) of_input = products::convolve(patches, kernel, {}, sizes);
      return {of_input, products::weight_gradient(patches, images, sizes), of_bias, {}, {}};
    }
    if (context->needs_input_grad(0)) of_input = torch::conv2d(of_output, kernel, {}, kStride, kPadding);
    const auto of_weight =
        convolution_gradients(images, of_output, kernel, kStride, kPadding, false, true).second;
    return {of_input, of_weight, of_bias, {}, {}};
  }
};

}  // namespace

torch::Tensor upsample(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias,
                       std::int64_t output_padding, Activation activation) {
  const auto type = computes_in_bfloat16(input.device()) ? torch::kBFloat16 : input.scalar_type();
  if (input.is_cpu() && has_loops_for(type))
    return TransposedConvolution::apply(channels_last(input.to(type)), channels_last(weight.to(type)), bias,
                                        output_padding, activation);
  const auto output = torch::conv_transpose2d(input, weight, bias, kStride, kPadding, output_padding);
  return activation == Activation::kRelu ? output.relu() : output;
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
  return upsample(input, weight_, bias_, output_padding_, activation_);
}

}  // namespace rraebench::networks
