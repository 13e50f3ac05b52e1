#include "convolution_products.hpp"

namespace rraebench::networks::products {
namespace {

constexpr std::int64_t kLeastOutputs = 64;  // For fewer a patch costs more than what is done with it.

/// Without one, LibTorch's convolutions are faster: they write no patches. (clang has no name for it.)
bool processor_has_matrix_unit() {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
  static const bool has = __builtin_cpu_supports("amx-bf16") != 0;
  return has;
#else
  return false;
#endif
}

/// N x C x H x W -> N H W x C, the same memory.
torch::Tensor places(const torch::Tensor& images) {
  return images.permute({0, 2, 3, 1}).reshape({-1, images.size(1)});
}

/// K x C x k x k -> K x k k C, the same memory.
torch::Tensor rows_of(const torch::Tensor& kernel) {
  return kernel.permute({0, 2, 3, 1}).reshape({kernel.size(0), -1});
}

loops::UpperHalf* halves(const torch::Tensor& values) {
  return static_cast<loops::UpperHalf*>(values.data_ptr());
}

torch::Tensor empty_images(at::IntArrayRef shape, const torch::Tensor& like) {
  return torch::empty(shape, like.options().memory_format(torch::MemoryFormat::ChannelsLast));
}

}  // namespace

bool can(const torch::Tensor& images, const torch::Tensor& kernel, torch::ScalarType type) {
  return processor_has_matrix_unit() && images.is_cpu() && type == torch::kBFloat16 && images.dim() == 4 &&
         images.numel() > 0 && kernel.size(2) == kernel.size(3) && kernel.size(0) >= kLeastOutputs;
}

loops::Patches sizes_of(at::IntArrayRef input, const torch::Tensor& kernel, std::int64_t stride,
                        std::int64_t padding) {
  return {input[0], input[2], input[3], input[1], kernel.size(2), stride, padding};
}

torch::Tensor patches(const torch::Tensor& input, const loops::Patches& sizes) {
  auto gathered =
      torch::empty({sizes.samples * sizes.rows() * sizes.columns(), sizes.of_patch()}, input.options());
  loops::gather_patches(halves(input), halves(gathered), sizes);
  return gathered;
}

torch::Tensor convolve(const torch::Tensor& patches, const torch::Tensor& kernel, const torch::Tensor& bias,
                       const loops::Patches& sizes) {
  // No view, which a function of autograd must not return where it is worked on in place.
  auto output = empty_images({sizes.samples, kernel.size(0), sizes.rows(), sizes.columns()}, patches);
  auto values = places(output);
  if (bias.defined()) {
    torch::addmm_out(values, bias.to(patches.scalar_type()), patches, rows_of(kernel).t());
  } else {
    torch::mm_out(values, patches, rows_of(kernel).t());
  }
  return output;
}

torch::Tensor transposed(const torch::Tensor& output, const torch::Tensor& kernel, const torch::Tensor& bias,
                         Activation activation, const loops::Patches& sizes) {
  const auto spread = torch::mm(places(output), rows_of(kernel));
  const auto offsets = bias.defined() ? bias.to(torch::kFloat32).contiguous() : bias;
  auto images = empty_images({sizes.samples, sizes.channels, sizes.height, sizes.width}, output);
  loops::scatter_patches(halves(spread), offsets.defined() ? offsets.data_ptr<float>() : nullptr,
                         activation == Activation::kRelu, halves(images), sizes);
  return images;
}

torch::Tensor weight_gradient(const torch::Tensor& patches, const torch::Tensor& upstream,
                              const loops::Patches& sizes) {
  return torch::mm(places(upstream).t(), patches)
      .view({upstream.size(1), sizes.kernel, sizes.kernel, sizes.channels})
      .permute({0, 3, 1, 2});
}

}  // namespace rraebench::networks::products
