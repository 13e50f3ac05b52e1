// Low-rank autoencoder (Mazumder et al., arXiv 2310.16194): one square linear layer without bias between
// encoder and decoder, whose nuclear norm is penalised.

#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/nuclear_norm.hpp"
#include "rraebench/plugin.hpp"
#include "rraebench/unused_options.hpp"

namespace {

using rraebench::OptionType;

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", OptionType::kInteger, "128", "latent size L; the coefficients are the latent after the layer",
     1, 1 << 20},
    {"penalty", OptionType::kReal, "1e-3", "weight of the layer's nuclear norm", 0},
    {"published_variant", OptionType::kBoolean, "false",
     "as in the RRAE paper's code: the layer is never applied, which leaves a plain autoencoder"},
};

class LowRankAutoencoder : public rraebench::Model {
 public:
  explicit LowRankAutoencoder(const rraebench::ModelSpec& spec) : penalty_(spec.options.real("penalty")) {
    const auto latent_size = spec.options.integer("latent");
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent_size));
    if (spec.options.boolean("published_variant")) {
      rraebench::require_defaults(kOptions, spec.options, {"penalty"},
                                  "published_variant=true has no layer to penalise");
    } else {
      layer_ = register_module(
          "layer", torch::nn::Linear(torch::nn::LinearOptions(latent_size, latent_size).bias(false)));
    }
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_size));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto error = rraebench::relative_error_loss(decode(encode(batch.samples)), batch.samples);
    if (layer_.is_empty()) return {error, {{"reconstruction", error.detach()}}};
    const auto norm = rraebench::stable_nuclear_norm(layer_->weight);
    return {error + penalty_ * norm, {{"reconstruction", error.detach()}, {"nuclear_norm", norm.detach()}}};
  }

  torch::Tensor encode(const torch::Tensor& samples) override {
    const auto y = encoder_->forward(samples);
    return layer_.is_empty() ? y : layer_->forward(y);
  }

  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }

 private:
  double penalty_;
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Linear layer_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(LowRankAutoencoder, "lorae",
                        "low-rank autoencoder: a linear layer with penalised nuclear norm", "1",
                        "Mazumder et al., arXiv 2310.16194", kOptions)
