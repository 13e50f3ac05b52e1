// Convolutional networks for curves: each layer of the encoder halves the length and the decoder's layers
// take the same lengths back, whatever they are. In the manner of the one-dimensional networks of the RRAE
// authors' code (main-CNN1D, 2025), not their sizes: those have kernels of 3 and fixed channels, 32, 64 and
// 128 down, 32 and 8 up.
#include "families.hpp"

#include <torch/nn/modules/conv.h>

#include <stdexcept>

namespace rraebench::networks {
namespace {

constexpr std::int64_t kKernel = 5;
constexpr std::int64_t kStride = 2;
constexpr std::int64_t kPadding = 2;

/// The curve's length and those after each of `depth` layers.
std::vector<std::int64_t> lengths_of(const Shape& sample_shape, std::int64_t depth) {
  if (sample_shape.size() != 1)
    throw std::invalid_argument("network family 'cnn-1d' needs curves, got " + shape_text(sample_shape));
  std::vector<std::int64_t> lengths = sample_shape;
  for (std::int64_t layer = 0; layer < depth; ++layer) lengths.push_back((lengths.back() + 1) / 2);
  return lengths;
}

/// Of the curve, one, and after each layer, twice as many as before.
std::vector<std::int64_t> channels_of(const Options& options) {
  std::vector<std::int64_t> channels = {1};
  for (std::int64_t layer = 0; layer < options.integer("depth"); ++layer)
    channels.push_back(options.integer("channels") << layer);
  return channels;
}

}  // namespace

torch::nn::Sequential cnn_1d_encoder(const Options& options, const Shape& sample_shape,
                                     std::int64_t latent_size) {
  const auto channels = channels_of(options);
  const auto lengths = lengths_of(sample_shape, options.integer("depth"));
  torch::nn::Sequential network;
  network->push_back(torch::nn::Unflatten(torch::nn::UnflattenOptions(1, {1, lengths.front()})));
  for (std::size_t layer = 1; layer < channels.size(); ++layer) {
    network->push_back(
        torch::nn::Conv1d(torch::nn::Conv1dOptions(channels[layer - 1], channels[layer], kKernel)
                              .stride(kStride)
                              .padding(kPadding)));
    network->push_back(torch::nn::ReLU(/*inplace=*/true));
  }
  network->push_back(torch::nn::Flatten());
  network->push_back(torch::nn::Linear(channels.back() * lengths.back(), latent_size));
  return network;
}

torch::nn::Sequential cnn_1d_decoder(const Options& options, const Shape& sample_shape,
                                     std::int64_t latent_size) {
  const auto channels = channels_of(options);
  const auto lengths = lengths_of(sample_shape, options.integer("depth"));
  torch::nn::Sequential network;
  network->push_back(torch::nn::Linear(latent_size, channels.back() * lengths.back()));
  network->push_back(torch::nn::Unflatten(torch::nn::UnflattenOptions(1, {channels.back(), lengths.back()})));
  for (std::size_t layer = channels.size() - 1; layer > 0; --layer) {
    network->push_back(torch::nn::ReLU());
    network->push_back(torch::nn::ConvTranspose1d(
        torch::nn::ConvTranspose1dOptions(channels[layer], channels[layer - 1], kKernel)
            .stride(kStride)
            .padding(kPadding)
            .output_padding(lengths[layer - 1] - (2 * lengths[layer] - 1))));
  }
  network->push_back(torch::nn::Flatten());
  return network;
}

}  // namespace rraebench::networks
