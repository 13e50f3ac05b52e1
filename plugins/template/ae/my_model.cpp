// my-model: what it is, and which paper and equation it follows.
//
// What else a model may have (posterior, prior, a basis fixed after training, learning rates of its own, work
// after each step) is in rraebench/model.hpp.

#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"

namespace {

using rraebench::OptionType;

// Name, type, default, help, least and greatest value.
constexpr rraebench::OptionRule kOptions[] = {
    {"latent", OptionType::kInteger, "16", "latent size", 1, 4096},
};

class MyModel : public rraebench::Model {
 public:
  explicit MyModel(const rraebench::ModelSpec& spec) {
    const auto latent = spec.options.integer("latent");
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent));
  }

  /// What one training step descends, of samples N x T or N x C x H x W; the parts are curves of the report.
  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto error = rraebench::relative_error_loss(decode(encode(batch.samples)), batch.samples);
    return {error, {{"reconstruction", error.detach()}}};
  }

  /// Samples to coefficients N x k, without noise.
  torch::Tensor encode(const torch::Tensor& samples) override { return encoder_->forward(samples); }

  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }

 private:
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(MyModel, "my-model", "one line on what it is", "1", "paper or URL", kOptions)
