#include "rraebench/networks.hpp"

#include "families.hpp"
#include "reduced_precision.hpp"

#include <stdexcept>

namespace rraebench {

namespace {

torch::nn::Sequential encoder_layers(const Architecture& architecture,
                                     const std::vector<std::int64_t>& sample_shape,
                                     std::int64_t latent_size) {
  const auto& family = architecture.family;
  if (family == "mlp") return networks::mlp_encoder(architecture.options, sample_shape, latent_size);
  if (family == "cnn-rrae")
    return networks::cnn_rrae_encoder(architecture.options, sample_shape, latent_size);
  if (family == "cnn-vrrae") return networks::cnn_vrrae_encoder(sample_shape, latent_size);
  if (family == "cnn-1d") return networks::cnn_1d_encoder(architecture.options, sample_shape, latent_size);
  throw std::invalid_argument("no encoder for network family '" + family + "'");
}

torch::nn::Sequential decoder_layers(const Architecture& architecture,
                                     const std::vector<std::int64_t>& sample_shape,
                                     std::int64_t latent_size) {
  const auto& family = architecture.family;
  if (family == "mlp") return networks::mlp_decoder(architecture.options, sample_shape, latent_size);
  if (family == "cnn-rrae")
    return networks::cnn_rrae_decoder(architecture.options, sample_shape, latent_size);
  if (family == "cnn-vrrae") return networks::cnn_vrrae_decoder(sample_shape, latent_size);
  if (family == "cnn-1d") return networks::cnn_1d_decoder(architecture.options, sample_shape, latent_size);
  throw std::invalid_argument("no decoder for network family '" + family + "'");
}

/// In float32 whatever the networks' precision.
void append_output_activation(const Architecture& architecture, torch::nn::Sequential& decoder) {
  const auto& output = architecture.options.text(kOutput.name);
  if (output == "sigmoid") decoder->push_back(torch::nn::Sigmoid());
  if (output == "tanh") decoder->push_back(torch::nn::Tanh());
}

torch::nn::Sequential in_precision_of(const Architecture& architecture, torch::nn::Sequential layers) {
  if (!is_reduced_precision(architecture)) return layers;
  return torch::nn::Sequential(networks::ReducedPrecision(std::move(layers)));
}

}  // namespace

torch::nn::Sequential make_encoder(const Architecture& architecture,
                                   const std::vector<std::int64_t>& sample_shape, std::int64_t latent_size) {
  return in_precision_of(architecture, encoder_layers(architecture, sample_shape, latent_size));
}

torch::nn::Sequential make_decoder(const Architecture& architecture,
                                   const std::vector<std::int64_t>& sample_shape, std::int64_t latent_size) {
  auto decoder = in_precision_of(architecture, decoder_layers(architecture, sample_shape, latent_size));
  append_output_activation(architecture, decoder);
  return decoder;
}

namespace networks {

void append_mlp(torch::nn::Sequential& network, std::int64_t inputs, std::int64_t outputs, std::int64_t depth,
                std::int64_t width) {
  for (std::int64_t layer = 0; layer < depth; ++layer) {
    network->push_back(torch::nn::Linear(inputs, width));
    network->push_back(torch::nn::Softplus());
    inputs = width;
  }
  network->push_back(torch::nn::Linear(inputs, outputs));
}

std::int64_t element_count(const Shape& sample_shape) {
  std::int64_t count = 1;
  for (const auto extent : sample_shape) count *= extent;
  return count;
}

std::string shape_text(const Shape& sample_shape) {
  std::string text;
  for (const auto extent : sample_shape) text += (text.empty() ? "" : " x ") + std::to_string(extent);
  return text;
}

void require_square_image(const Shape& sample_shape, const char* family) {
  if (sample_shape.size() != 3 || sample_shape[1] != sample_shape[2])
    throw std::invalid_argument("network family '" + std::string(family) +
                                "' needs square images C x H x H, got " + shape_text(sample_shape));
}

}  // namespace networks
}  // namespace rraebench
