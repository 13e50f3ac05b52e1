// The MNIST networks of the RRAE paper (arXiv 2405.13980, appendix), kernel 4, stride 2 and padding 1
// throughout. Its code ends the decoder in a tanh, for values in [-1, 1]: option `output`.
#include "convolution.hpp"
#include "families.hpp"
#include "upsampling.hpp"

#include <stdexcept>

namespace rraebench::networks {
namespace {

constexpr std::int64_t kKernel = 4;
constexpr std::int64_t kDecoderChannels = 32;

}  // namespace

torch::nn::Sequential cnn_rrae_encoder(const Options& options, const Shape& sample_shape,
                                       std::int64_t latent_size) {
  require_square_image(sample_shape, "cnn-rrae");
  torch::nn::Sequential network;
  auto channels = sample_shape[0];
  auto extent = sample_shape[1];
  for (const std::int64_t next : {32, 64, 128, 256}) {
    network->push_back(Convolution(torch::nn::Conv2dOptions(channels, next, kKernel).stride(2).padding(1)));
    network->push_back(torch::nn::ReLU(/*inplace=*/true));
    channels = next;
    extent /= 2;
  }
  if (extent < 1)
    throw std::invalid_argument(
        "network family 'cnn-rrae' halves the image four times and needs at least 16 x 16, got " +
        shape_text(sample_shape));
  network->push_back(torch::nn::Flatten());
  append_mlp(network, channels * extent * extent, latent_size, options.integer("mlp_depth"),
             options.integer("mlp_width"));
  return network;
}

torch::nn::Sequential cnn_rrae_decoder(const Options& options, const Shape& sample_shape,
                                       std::int64_t latent_size) {
  require_square_image(sample_shape, "cnn-rrae");
  const auto extent = sample_shape[1] / 4;
  if (extent * 4 != sample_shape[1])
    throw std::invalid_argument(
        "network family 'cnn-rrae' doubles twice and needs an image size divisible by 4, got " +
        shape_text(sample_shape));
  torch::nn::Sequential network;
  append_mlp(network, latent_size, kDecoderChannels * extent * extent, options.integer("mlp_depth"),
             options.integer("mlp_width"));
  network->push_back(
      torch::nn::Unflatten(torch::nn::UnflattenOptions(1, {kDecoderChannels, extent, extent})));
  network->push_back(Upsampling(kDecoderChannels, 8, kKernel, /*output_padding=*/0, Activation::kRelu));
  network->push_back(Upsampling(8, sample_shape[0], kKernel, /*output_padding=*/0));
  return network;
}

}  // namespace rraebench::networks
