// The convolutional networks of the VRRAE paper (arXiv 2505.09458), as its authors' code builds them.
#include "convolution.hpp"
#include "families.hpp"
#include "upsampling.hpp"

namespace rraebench::networks {
namespace {

constexpr std::int64_t kKernel = 3;
constexpr std::int64_t kDecoderChannels = 32;

}  // namespace

torch::nn::Sequential cnn_vrrae_encoder(const Shape& sample_shape, std::int64_t latent_size) {
  require_square_image(sample_shape, "cnn-vrrae");
  torch::nn::Sequential network;
  auto channels = sample_shape[0];
  auto extent = sample_shape[1];
  for (const std::int64_t next : {32, 64}) {
    network->push_back(Convolution(torch::nn::Conv2dOptions(channels, next, kKernel).stride(2).padding(1)));
    network->push_back(torch::nn::ReLU(/*inplace=*/true));
    channels = next;
    extent = (extent + 1) / 2;
  }
  network->push_back(torch::nn::Flatten());
  network->push_back(torch::nn::Linear(channels * extent * extent, latent_size));
  return network;
}

torch::nn::Sequential cnn_vrrae_decoder(const Shape& sample_shape, std::int64_t latent_size) {
  require_square_image(sample_shape, "cnn-vrrae");
  const auto start =
      (sample_shape[1] + 15) / 16;  // Doubled four times, then cut to size by the last convolution.
  torch::nn::Sequential network;
  network->push_back(torch::nn::Linear(latent_size, kDecoderChannels * start * start));
  network->push_back(torch::nn::Unflatten(torch::nn::UnflattenOptions(1, {kDecoderChannels, start, start})));
  auto channels = kDecoderChannels;
  for (const std::int64_t next : {256, 128, 32, 8}) {
    network->push_back(Upsampling(channels, next, kKernel, /*output_padding=*/1, Activation::kRelu));
    channels = next;
  }
  const auto last_kernel = 1 + 16 * start - sample_shape[1];
  network->push_back(Convolution(torch::nn::Conv2dOptions(channels, sample_shape[0], last_kernel)));
  return network;
}

}  // namespace rraebench::networks
