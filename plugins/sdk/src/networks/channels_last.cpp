#include "channels_last.hpp"

#include "../loops.hpp"
#include "convolution_products.hpp"
#include "reduced_precision.hpp"

#include <array>
#include <cmath>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>

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

/// Of conv2d(input, kernel) under the upstream gradient `upstream`: of the input, the kernel and nothing
/// else.
std::pair<torch::Tensor, torch::Tensor> convolution_gradients(const torch::Tensor& upstream,
                                                              const torch::Tensor& input,
                                                              const torch::Tensor& kernel,
                                                              std::int64_t stride, std::int64_t padding,
                                                              bool of_input, bool of_kernel) {
  auto gradients = torch::convolution_backward(upstream, input, kernel, c10::nullopt, {stride, stride},
                                               {padding, padding}, {1, 1}, /*transposed=*/false, {0, 0},
                                               /*groups=*/1, {of_input, of_kernel, false});
  return {std::get<0>(gradients), std::get<1>(gradients)};
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

using ConvolutionOptions = decltype(torch::nn::Conv2dImpl::options);

/// Of a convolution that does the same along both axes, over all channels, with a bias.
struct Squares {
  std::int64_t kernel;
  std::int64_t stride;
  std::int64_t padding;
};

std::optional<Squares> squares_of(const ConvolutionOptions& options) {
  const auto is_square = [](const auto& pair) { return pair->at(0) == pair->at(1); };
  using std::get_if;  // Of LibTorch 1, whose variant is its own, found by its argument.
  const auto* padding = get_if<torch::ExpandingArray<2>>(&options.padding());
  if (padding == nullptr || !is_square(*padding) || !is_square(options.kernel_size()) ||
      !is_square(options.stride()) || !is_square(options.dilation()) || options.dilation()->at(0) != 1 ||
      options.groups() != 1 || !options.bias())
    return std::nullopt;
  return Squares{options.kernel_size()->at(0), options.stride()->at(0), (*padding)->at(0)};
}

/// A convolution of bfloat16 images by products.
class ProductConvolution : public torch::autograd::Function<ProductConvolution> {
 public:
  /// Channels last: images and kernel.
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& images,
                               const torch::Tensor& kernel, const torch::Tensor& bias, std::int64_t stride,
                               std::int64_t padding) {
    const auto sizes = products::sizes_of(images.sizes(), kernel, stride, padding);
    auto output = products::convolve(products::patches(images, sizes), kernel, bias, sizes);
    context->save_for_backward({images, kernel});
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    return output;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list upstream) {
    const auto saved = context->get_saved_variables();
    const auto& images = saved[0];
    const auto& kernel = saved[1];
    const auto stride = context->saved_data["stride"].toInt();
    const auto padding = context->saved_data["padding"].toInt();
    const auto of_output = channels_last(upstream[0]);
    const auto of_bias = of_output.sum({0, 2, 3}, /*keepdim=*/false, torch::kFloat32);
    const bool of_input = context->needs_input_grad(0);
    // The loops have no gradient of their own, which a loss of gradients asks for.
    if (torch::GradMode::is_enabled()) {
      const auto gradients =
          convolution_gradients(of_output, images, kernel, stride, padding, of_input, true);
      return {gradients.first, gradients.second, of_bias, {}, {}};
    }
    const auto sizes = products::sizes_of(images.sizes(), kernel, stride, padding);
    torch::Tensor of_images;
    if (of_input) of_images = products::transposed(of_output, kernel, {}, Activation::kNone, sizes);
    return {of_images,
            products::weight_gradient(products::patches(images, sizes), of_output, sizes),
            of_bias,
            {},
            {}};
  }
};

/// Output channels up to which LibTorch's kernels leave most of a vector unused.
constexpr std::int64_t kNarrow = 4;

/// A convolution without padding, with steps of 1, to few channels.
class NarrowConvolution : public torch::autograd::Function<NarrowConvolution> {
 public:
  /// Channels last: images and kernel.
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& images,
                               const torch::Tensor& kernel, const torch::Tensor& bias) {
    const auto sizes = sizes_of(images, kernel);
    auto output = torch::empty({sizes.samples, sizes.outputs, sizes.output_height(), sizes.output_width()},
                               images.options().memory_format(torch::MemoryFormat::ChannelsLast));
    const auto offsets = bias.contiguous();
    for_type(images, [&](auto value) {
      using Value = decltype(value);
      loops::convolve(images.data_ptr<Value>(), kernel.data_ptr<Value>(), offsets.data_ptr<Value>(),
                      output.data_ptr<Value>(), sizes);
    });
    context->save_for_backward({images, kernel});
    return output;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list upstream) {
    const auto saved = context->get_saved_variables();
    const auto& images = saved[0];
    const auto& kernel = saved[1];
    const auto of_output = channels_last(upstream[0]);
    // The loops have no gradient of their own, which a loss of gradients asks for.
    const bool by_loops = !torch::GradMode::is_enabled();
    torch::Tensor of_images;
    torch::Tensor of_kernel;
    if (context->needs_input_grad(0) || !by_loops)
      std::tie(of_images, of_kernel) = convolution_gradients(
          of_output, images, kernel, /*stride=*/1, /*padding=*/0, context->needs_input_grad(0), !by_loops);
    if (by_loops) {
      of_kernel = torch::empty_like(kernel);
      for_type(images, [&](auto value) {
        using Value = decltype(value);
        loops::convolution_weight_gradient(images.data_ptr<Value>(), of_output.data_ptr<Value>(),
                                           of_kernel.data_ptr<Value>(), sizes_of(images, kernel));
      });
    }
    const auto of_bias = of_output.sum({0, 2, 3});
    return {of_images, of_kernel, of_bias};
  }

  /// In reduced precision, too, but in the weight's type: what this layer costs is nothing beside the others.
  static bool can(const torch::Tensor& images, const torch::Tensor& weight,
                  const ConvolutionOptions& options) {
    const auto type = weight.scalar_type();
    const bool has_type = images.scalar_type() == type || images.scalar_type() == torch::kBFloat16;
    const auto squares = squares_of(options);
    return squares && options.out_channels() <= kNarrow && squares->kernel > 1 && squares->stride == 1 &&
           squares->padding == 0 && images.is_cpu() && has_type &&
           (type == torch::kFloat32 || type == torch::kFloat64) && images.dim() == 4 && images.size(0) > 0 &&
           images.size(1) == options.in_channels() && images.size(2) >= squares->kernel &&
           images.size(3) >= squares->kernel + loops::kLeastPixels - 1;
  }

 private:
  static loops::Convolved sizes_of(const torch::Tensor& images, const torch::Tensor& kernel) {
    return {images.size(0), images.size(2), images.size(3), images.size(1), kernel.size(2), kernel.size(0)};
  }

  template <typename Work>
  static void for_type(const torch::Tensor& images, const Work& work) {
    if (images.scalar_type() == torch::kFloat64) return work(double());
    work(float());
  }
};

}  // namespace

torch::Tensor channels_last(const torch::Tensor& images) {
  return images.contiguous(torch::MemoryFormat::ChannelsLast);
}

torch::Tensor upsample(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias,
                       std::int64_t output_padding, Activation activation) {
  const auto type = computes_in_bfloat16(input.device()) ? torch::kBFloat16 : input.scalar_type();
  if (input.is_cpu() && has_loops_for(type))
    return TransposedConvolution::apply(channels_last(input.to(type)), channels_last(weight.to(type)), bias,
                                        output_padding, activation);
  const auto output = torch::conv_transpose2d(input, weight, bias, kStride, kPadding, output_padding);
  return activation == Activation::kRelu ? output.relu() : output;
}

torch::Tensor ConvolutionImpl::forward(const torch::Tensor& input) {
  if (NarrowConvolution::can(input, weight, options))
    return NarrowConvolution::apply(channels_last(input.to(weight.scalar_type())), channels_last(weight),
                                    bias);
  if (const auto squares = squares_of(options);
      squares && computes_in_bfloat16(input.device()) && products::can(input, weight, torch::kBFloat16))
    return ProductConvolution::apply(channels_last(input.to(torch::kBFloat16)),
                                     channels_last(weight.to(torch::kBFloat16)), bias, squares->stride,
                                     squares->padding);
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
  return upsample(input, weight_, bias_, output_padding_, activation_);
}

}  // namespace rraebench::networks
