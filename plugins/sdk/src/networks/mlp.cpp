#include "families.hpp"

namespace rraebench::networks {

torch::nn::Sequential mlp_encoder(const Options& options, const Shape& sample_shape,
                                  std::int64_t latent_size) {
  torch::nn::Sequential network;
  network->push_back(torch::nn::Flatten());
  append_mlp(network, element_count(sample_shape), latent_size, options.integer("encoder_depth"),
             options.integer("encoder_width"));
  return network;
}

torch::nn::Sequential mlp_decoder(const Options& options, const Shape& sample_shape,
                                  std::int64_t latent_size) {
  torch::nn::Sequential network;
  append_mlp(network, latent_size, element_count(sample_shape), options.integer("decoder_depth"),
             options.integer("decoder_width"));
  if (sample_shape.size() > 1)
    network->push_back(torch::nn::Unflatten(torch::nn::UnflattenOptions(1, sample_shape)));
  return network;
}

}  // namespace rraebench::networks
