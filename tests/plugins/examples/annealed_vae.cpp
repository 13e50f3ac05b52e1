// A VAE whose KL term grows over the first half of the training, however long that is: --scale shortens it,
// too.
#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"

#include <algorithm>

namespace {

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", rraebench::OptionType::kInteger, "8", "latent size", 1, 4096},
    {"beta", rraebench::OptionType::kReal, "1e-3", "weight of the KL divergence once it has grown", 0},
};

class AnnealedVae : public rraebench::Model {
 public:
  explicit AnnealedVae(const rraebench::ModelSpec& spec)
      : latent_(spec.options.integer("latent")),
        beta_(spec.options.real("beta")),
        total_steps_(static_cast<double>(std::max<std::int64_t>(1, spec.total_steps))) {
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, 2 * latent_));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto q = *posterior(batch.samples);
    const auto z = rraebench::sample_posterior(q.mean, q.log_variance);
    const auto error = rraebench::relative_error_loss(decode(z), batch.samples);
    const auto kl = rraebench::standard_normal_kl(q.mean, q.log_variance);
    const double grown = std::min(1.0, 2.0 * static_cast<double>(batch.step + 1) / total_steps_);
    return {error + grown * beta_ * kl, {{"reconstruction", error.detach()}, {"kl", kl.detach()}}};
  }

  torch::Tensor encode(const torch::Tensor& samples) override { return posterior(samples)->mean; }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }
  std::optional<rraebench::Posterior> posterior(const torch::Tensor& samples) override {
    const auto both = encoder_->forward(samples).chunk(2, 1);
    return rraebench::Posterior{both[0], both[1]};
  }
  std::optional<torch::Tensor> prior(std::int64_t count) override {
    return torch::randn({count, latent_}, parameters().front().options());
  }

 private:
  std::int64_t latent_;
  double beta_;
  double total_steps_;
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(AnnealedVae, "annealed-vae", "VAE whose KL term grows", "1",
                        "Bowman et al. 2016, arXiv 1511.06349", kOptions)
