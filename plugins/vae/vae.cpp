// Variational autoencoder with a diagonal Gaussian posterior and a standard normal prior, with the loss of
// the VRRAE paper: relative reconstruction error in % plus beta times the KL divergence summed over batch and
// dimensions.

#include "rraebench/kl_weight.hpp"
#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"

namespace {

using rraebench::OptionType;

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", OptionType::kInteger, "16", "latent size L; the coefficients are the posterior's mean", 1,
     1 << 20},
    {"beta", OptionType::kReal, "1e-3", "weight of the KL divergence summed over batch and dimensions", 0},
    rraebench::kBetaRule,
    rraebench::kBetaWarmup,
    {"free_bits", OptionType::kReal, "0", "nats of KL of each dimension that cost nothing; 0: none", 0},
};

class VariationalAutoencoder : public rraebench::Model {
 public:
  explicit VariationalAutoencoder(const rraebench::ModelSpec& spec)
      : latent_size_(spec.options.integer("latent")), free_bits_(spec.options.real("free_bits")) {
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent_size_));
    mean_ = register_module("mean", torch::nn::Linear(latent_size_, latent_size_));
    log_variance_ = register_module("log_variance", torch::nn::Linear(latent_size_, latent_size_));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_size_));
    weight_ = register_module("weight", std::make_shared<rraebench::KlWeight>(spec));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto q = *posterior(batch.samples);
    const auto z = rraebench::sample_posterior(q.mean, q.log_variance);
    const auto error = rraebench::relative_error_loss(decode(z), batch.samples);
    const auto [kl, plain] = rraebench::counted_kl(q.mean, q.log_variance, free_bits_);
    return {error + weight_->weighed(kl, error), {{"reconstruction", error.detach()}, {"kl", plain}}};
  }

  void after_step() override { weight_->step(); }

  torch::Tensor encode(const torch::Tensor& samples) override {
    return mean_->forward(encoder_->forward(samples));
  }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }

  std::optional<rraebench::Posterior> posterior(const torch::Tensor& samples) override {
    const auto y = encoder_->forward(samples);
    return rraebench::Posterior{mean_->forward(y), log_variance_->forward(y)};
  }

  std::optional<torch::Tensor> prior(std::int64_t count) override {
    return torch::randn({count, latent_size_}, mean_->weight.options());
  }

 private:
  std::int64_t latent_size_;
  double free_bits_;
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Linear mean_{nullptr};
  torch::nn::Linear log_variance_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
  std::shared_ptr<rraebench::KlWeight> weight_;
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(VariationalAutoencoder, "vae", "variational autoencoder, N(0, I) prior", "2",
                        "Kingma and Welling 2013; loss as in arXiv 2505.09458", kOptions)
