// A VAE whose prior is a trained mixture of Gaussians of equal weights. The KL divergence to a mixture has no
// closed form; taken is the variational bound -log mean_k exp(-KL(q || p_k)) (Hershey and Olsen 2007), which
// kl() gives, too.
#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"

#include <cmath>

namespace {

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", rraebench::OptionType::kInteger, "8", "latent size", 1, 4096},
    {"components", rraebench::OptionType::kInteger, "5", "Gaussians of the prior", 1, 1000},
    {"beta", rraebench::OptionType::kReal, "1e-3", "weight of the KL divergence", 0},
};

class MixturePrior : public rraebench::Model {
 public:
  explicit MixturePrior(const rraebench::ModelSpec& spec)
      : latent_(spec.options.integer("latent")), beta_(spec.options.real("beta")) {
    const auto components = spec.options.integer("components");
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, 2 * latent_));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_));
    means_ = register_parameter("prior_means", torch::randn({components, latent_}));
    log_variances_ = register_parameter("prior_log_variances", torch::zeros({components, latent_}));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto q = *posterior(batch.samples);
    const auto z = rraebench::sample_posterior(q.mean, q.log_variance);
    const auto error = rraebench::relative_error_loss(decode(z), batch.samples);
    const auto kl = kl_to_prior(q).sum();
    return {error + beta_ * kl, {{"reconstruction", error.detach()}, {"kl", kl.detach()}}};
  }

  torch::Tensor encode(const torch::Tensor& samples) override { return posterior(samples)->mean; }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }
  std::optional<rraebench::Posterior> posterior(const torch::Tensor& samples) override {
    const auto both = encoder_->forward(samples).chunk(2, 1);
    return rraebench::Posterior{both[0], both[1]};
  }
  std::optional<torch::Tensor> prior(std::int64_t count) override {
    const auto component = torch::randint(means_.size(0), {count}, means_.options().dtype(torch::kInt64));
    const auto mean = means_.index_select(0, component);
    return mean + torch::randn_like(mean) * (0.5 * log_variances_.index_select(0, component)).exp();
  }
  std::optional<torch::Tensor> kl(const torch::Tensor& samples) override {
    return kl_to_prior(*posterior(samples));
  }

 private:
  /// N.
  torch::Tensor kl_to_prior(const rraebench::Posterior& q) const {
    const auto mean = q.mean.unsqueeze(1);  // N x 1 x L, beside K x L of the components.
    const auto log_variance = q.log_variance.unsqueeze(1);
    const auto to_each = 0.5 * (log_variances_ - log_variance - 1.0 +
                                (log_variance.exp() + (mean - means_).square()) * (-log_variances_).exp())
                                   .sum(2);  // N x K
    return std::log(static_cast<double>(means_.size(0))) - torch::logsumexp(-to_each, 1);
  }

  std::int64_t latent_;
  double beta_;
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
  torch::Tensor means_;          // K x L
  torch::Tensor log_variances_;  // K x L
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(MixturePrior, "mixture-prior", "VAE with a trained mixture of Gaussians as its prior",
                        "1", "Tomczak and Welling 2018, arXiv 1705.07120", kOptions)
