// Implicit rank-minimising autoencoder (Jing, Zbontar and LeCun, arXiv 2010.00679): square linear layers
// without bias between encoder and decoder, which gradient descent drives towards a low-rank product.

#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"

namespace {

using rraebench::OptionType;

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", OptionType::kInteger, "128", "latent size L; the coefficients are the latent after the layers",
     1, 1 << 20},
    {"layers", OptionType::kInteger, "2", "linear layers of L x L: l", 1, 64},
    {"published_variant", OptionType::kBoolean, "false",
     "as in the RRAE paper's code: one layer fewer is applied, and all start from the same values"},
};

class ImplicitRankMinimisation : public rraebench::Model {
 public:
  explicit ImplicitRankMinimisation(const rraebench::ModelSpec& spec) {
    const auto latent_size = spec.options.integer("latent");
    const bool published = spec.options.boolean("published_variant");
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent_size));
    layers_ = register_module("layers", torch::nn::Sequential());
    const auto count = spec.options.integer("layers") - (published ? 1 : 0);
    for (std::int64_t i = 0; i < count; ++i)
      layers_->push_back(torch::nn::Linear(torch::nn::LinearOptions(latent_size, latent_size).bias(false)));
    if (published) {
      const torch::NoGradGuard no_gradients;
      for (auto& weight : layers_->parameters()) weight.copy_(layers_->parameters().front());
    }
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_size));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto error = rraebench::relative_error_loss(decode(encode(batch.samples)), batch.samples);
    return {error, {{"reconstruction", error.detach()}}};
  }

  torch::Tensor encode(const torch::Tensor& samples) override {
    const auto y = encoder_->forward(samples);
    return layers_->is_empty() ? y : layers_->forward(y);
  }

  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }

 private:
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Sequential layers_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(ImplicitRankMinimisation, "irmae",
                        "implicit rank-minimising autoencoder: linear layers after the encoder", "1",
                        "Jing, Zbontar and LeCun, arXiv 2010.00679", kOptions)
