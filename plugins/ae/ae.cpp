// Autoencoder: the baseline of both papers. With latent = 1 it is the RRAE paper's "Diabolo" autoencoder
// (DAE), with a latent as long as the RRAE's its "long" autoencoder.

#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"

namespace {

using rraebench::OptionType;

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", OptionType::kInteger, "16", "latent size L; the coefficients are the latent", 1, 1 << 20},
};

class Autoencoder : public rraebench::Model {
 public:
  explicit Autoencoder(const rraebench::ModelSpec& spec) {
    const auto latent_size = spec.options.integer("latent");
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent_size));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_size));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto error = rraebench::relative_error_loss(decode(encode(batch.samples)), batch.samples);
    return {error, {{"reconstruction", error.detach()}}};
  }

  torch::Tensor encode(const torch::Tensor& samples) override { return encoder_->forward(samples); }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }

 private:
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(Autoencoder, "ae", "autoencoder: encoder, latent, decoder", "1",
                        "Hinton and Salakhutdinov 2006; the DAE and long AE of arXiv 2405.13980", kOptions)
