// my-model: what it is, and which paper and equation it follows. It begins as a VAE with a diagonal Gaussian
// posterior and the prior N(0, I).
//
// What else a model may have (its own KL divergence to another prior, annealing by Batch::step, labels, work
// after each step) is in rraebench/model.hpp.

#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"

namespace {

using rraebench::OptionType;

// Name, type, default, help, least and greatest value.
constexpr rraebench::OptionRule kOptions[] = {
    {"latent", OptionType::kInteger, "16", "latent size", 1, 4096},
    {"beta", OptionType::kReal, "1e-3", "weight of the KL divergence summed over batch and dimensions", 0},
};

class MyModel : public rraebench::Model {
 public:
  explicit MyModel(const rraebench::ModelSpec& spec)
      : latent_(spec.options.integer("latent")), beta_(spec.options.real("beta")) {
    // Mean and log variance side by side.
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, 2 * latent_));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_));
  }

  /// What one training step descends, of samples N x T or N x C x H x W; the parts are curves of the report.
  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto q = *posterior(batch.samples);
    const auto z = rraebench::sample_posterior(q.mean, q.log_variance);
    const auto error = rraebench::relative_error_loss(decode(z), batch.samples);
    const auto kl = rraebench::standard_normal_kl(q.mean, q.log_variance);
    return {error + beta_ * kl, {{"reconstruction", error.detach()}, {"kl", kl.detach()}}};
  }

  /// Samples to coefficients N x k, without noise: the posterior's mean.
  torch::Tensor encode(const torch::Tensor& samples) override { return posterior(samples)->mean; }

  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }

  /// Mean and log variance, N x k each.
  std::optional<rraebench::Posterior> posterior(const torch::Tensor& samples) override {
    const auto both = encoder_->forward(samples).chunk(2, 1);
    return rraebench::Posterior{both[0], both[1]};
  }

  /// Draws, count x k, of LibTorch's generator: the host has seeded it.
  std::optional<torch::Tensor> prior(std::int64_t count) override {
    return torch::randn({count, latent_}, parameters().front().options());
  }

 private:
  std::int64_t latent_;
  double beta_;
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(MyModel, "my-model", "one line on what it is", "1", "paper or URL", kOptions)
