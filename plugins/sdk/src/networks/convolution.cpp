#include "convolution.hpp"

#include "../loops/narrow_convolution.hpp"
#include "channels_last.hpp"
#include "convolution_products.hpp"
#include "reduced_precision.hpp"

#include <cstdint>
#include <optional>
#include <tuple>
#include <variant>

namespace rraebench::networks {
namespace {

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

}  // namespace rraebench::networks
