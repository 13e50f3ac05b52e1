#pragma once
// Implements: the builders behind make_encoder and make_decoder, one pair a family.

#include "rraebench/options.hpp"
#include "rraebench/torch.hpp"

#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/linear.h>

#include <cstdint>
#include <string>
#include <vector>

namespace rraebench::networks {

using Shape = std::vector<std::int64_t>;

torch::nn::Sequential mlp_encoder(const Options& options, const Shape& sample_shape,
                                  std::int64_t latent_size);
torch::nn::Sequential mlp_decoder(const Options& options, const Shape& sample_shape,
                                  std::int64_t latent_size);

torch::nn::Sequential cnn_rrae_encoder(const Options& options, const Shape& sample_shape,
                                       std::int64_t latent_size);
torch::nn::Sequential cnn_rrae_decoder(const Options& options, const Shape& sample_shape,
                                       std::int64_t latent_size);

torch::nn::Sequential cnn_vrrae_encoder(const Shape& sample_shape, std::int64_t latent_size);
torch::nn::Sequential cnn_vrrae_decoder(const Shape& sample_shape, std::int64_t latent_size);

torch::nn::Sequential cnn_1d_encoder(const Options& options, const Shape& sample_shape,
                                     std::int64_t latent_size);
torch::nn::Sequential cnn_1d_decoder(const Options& options, const Shape& sample_shape,
                                     std::int64_t latent_size);

/// Appends `depth` hidden layers of `width` units with softplus, then a linear layer to `outputs`.
void append_mlp(torch::nn::Sequential& network, std::int64_t inputs, std::int64_t outputs, std::int64_t depth,
                std::int64_t width);

std::int64_t element_count(const Shape& sample_shape);

/// "1 x 28 x 28"
std::string shape_text(const Shape& sample_shape);

/// Throws std::invalid_argument unless the shape is C x H x W with H = W.
void require_square_image(const Shape& sample_shape, const char* family);

}  // namespace rraebench::networks
