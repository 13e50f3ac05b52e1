#pragma once
// Implements: the smallest model that works, for plugins that break it in one way.

#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"

namespace {

inline constexpr rraebench::OptionRule kOptions[] = {
    {"latent", rraebench::OptionType::kInteger, "2", "latent size", 1, 64}};

class WorkingModel : public rraebench::Model {
 public:
  explicit WorkingModel(const rraebench::ModelSpec& spec) {
    const auto latent_size = spec.options.integer("latent");
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent_size));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_size));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    return {rraebench::relative_error_loss(decode(encode(batch.samples)), batch.samples), {}};
  }
  torch::Tensor encode(const torch::Tensor& samples) override { return encoder_->forward(samples); }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }

 private:
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
};

}  // namespace
