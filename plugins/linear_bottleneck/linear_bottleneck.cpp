// Linear bottleneck: what a rank reduction autoencoder is without its SVD. A trained L x k and a trained k x
// L map stand where the truncated SVD of the batch's latent matrix stands, so that the latent has rank k as
// well; deterministic as the RRAE or variational as the VRRAE. Comparing the two says what the SVD is worth.

#include "rraebench/fixed_basis.hpp"
#include "rraebench/kl_weight.hpp"
#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"
#include "rraebench/unused_options.hpp"

namespace {

using rraebench::OptionType;

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", OptionType::kInteger, "200", "latent size L, long", 1, 1 << 20},
    rraebench::bounded_by({"rank", OptionType::kInteger, "16",
                           "width of the bottleneck: k, the number of coefficients", 1, 1 << 20},
                          "latent"),
    {"variational", OptionType::kBoolean, "false",
     "a Gaussian posterior over the coefficients, as a VRRAE has"},
    {"beta", OptionType::kReal, "1e-3", "weight of the KL divergence summed over batch and coefficients", 0},
    rraebench::kBetaWarmup,
    {"free_bits", OptionType::kReal, "0", "nats of KL of each coefficient that cost nothing; 0: none", 0},
};

class LinearBottleneck : public rraebench::Model {
 public:
  explicit LinearBottleneck(const rraebench::ModelSpec& spec)
      : rank_(spec.options.integer("rank")), free_bits_(spec.options.real("free_bits")) {
    rraebench::require_rank_within_latent(spec.options);
    if (!spec.options.boolean("variational"))
      rraebench::require_defaults(kOptions, spec.options, {"beta", "beta_warmup", "free_bits"},
                                  "there is no KL without variational=true");
    const auto latent_size = spec.options.integer("latent");
    using torch::nn::LinearOptions;
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent_size));
    down_ = register_module("down", torch::nn::Linear(LinearOptions(latent_size, rank_).bias(false)));
    up_ = register_module("up", torch::nn::Linear(LinearOptions(rank_, latent_size).bias(false)));
    if (spec.options.boolean("variational"))
      log_variance_ = register_module("log_variance", torch::nn::Linear(rank_, rank_));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_size));
    weight_ = register_module("weight", std::make_shared<rraebench::KlWeight>(spec));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto q = posterior(batch.samples);
    const auto z = q ? rraebench::sample_posterior(q->mean, q->log_variance) : encode(batch.samples);
    const auto error = rraebench::relative_error_loss(decode(z), batch.samples);
    if (!q) return {error, {{"reconstruction", error.detach()}}};
    const auto [kl, plain] = rraebench::counted_kl(q->mean, q->log_variance, free_bits_);
    return {error + weight_->value() * kl, {{"reconstruction", error.detach()}, {"kl", plain}}};
  }

  void after_step() override { weight_->step(); }

  torch::Tensor encode(const torch::Tensor& samples) override {
    return down_->forward(encoder_->forward(samples));
  }
  torch::Tensor decode(const torch::Tensor& coefficients) override {
    return decoder_->forward(up_->forward(coefficients));
  }
  torch::Tensor latent(const torch::Tensor& samples) override { return up_->forward(encode(samples)); }

  std::optional<rraebench::Posterior> posterior(const torch::Tensor& samples) override {
    if (log_variance_.is_empty()) return std::nullopt;
    const auto mean = encode(samples);
    return rraebench::Posterior{mean, log_variance_->forward(mean)};
  }

  std::optional<torch::Tensor> prior(std::int64_t count) override {
    if (log_variance_.is_empty()) return std::nullopt;
    return torch::randn({count, rank_}, down_->weight.options());
  }

 private:
  std::int64_t rank_;
  double free_bits_;
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Linear down_{nullptr};
  torch::nn::Linear up_{nullptr};
  torch::nn::Linear log_variance_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
  std::shared_ptr<rraebench::KlWeight> weight_;
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(LinearBottleneck, "linear-bottleneck",
                        "an RRAE or VRRAE whose SVD is a trained linear map of the same rank", "2",
                        "ablation of arXiv 2405.13980 and 2505.09458", kOptions)
