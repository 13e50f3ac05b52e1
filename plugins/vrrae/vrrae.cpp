// Variational rank reduction autoencoder (arXiv 2505.09458): the coefficients of the truncated SVD of a
// batch's latent matrix are the mean of a Gaussian posterior; draws of it, put back on the SVD's basis, are
// decoded. finalise() fixes one basis for all samples.
//
// The signs of singular vectors are arbitrary, and the log-variance is read from the coefficients: a mode
// that changed its sign from batch to batch would show this layer mirrored inputs. Each mode therefore keeps
// the sign that it had in the batch before, and the fixed basis that of the last batch.

#include "rraebench/fixed_basis.hpp"
#include "rraebench/kl_weight.hpp"
#include "rraebench/leading_modes.hpp"
#include "rraebench/losses.hpp"
#include "rraebench/mode_signs.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"
#include "rraebench/unused_options.hpp"

namespace {

using rraebench::OptionType;

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", OptionType::kInteger, "200", "latent size L, long", 1, 1 << 20},
    rraebench::bounded_by({"rank", OptionType::kInteger, "16",
                           "modes kept: k, the number of coefficients; at most the batch size", 1, 1 << 20},
                          "latent|batch"),
    {"beta", OptionType::kReal, "1e-3", "weight of the KL divergence summed over batch and coefficients", 0},
    rraebench::one_of({"mean", OptionType::kText, "coefficients",
                       "the posterior's mean: the coefficients, a trained linear map of them, or the "
                       "coefficients over their root mean squares (whitened)"},
                      "coefficients|linear|whitened"),
    {"centre", OptionType::kBoolean, "false",
     "the latents' mean is taken off before the SVD and put back after"},
    rraebench::one_of({"noise", OptionType::kText, "posterior",
                       "of the posterior, or singular: noise_strength/B times the singular values, no KL and "
                       "no posterior"},
                      "posterior|singular"),
    {"noise_strength", OptionType::kReal, "4", "of singular noise", 0},
    rraebench::one_of(
        {"noise_gradient", OptionType::kText, "full",
         "whether the gradient of the noise goes through the SVD (full), or stops before it (detached)"},
        "full|detached"),
    rraebench::kBetaRule,
    rraebench::kBetaWarmup,
    {"free_bits", OptionType::kReal, "0", "nats of KL of each coefficient that cost nothing; 0: none", 0},
};

class VariationalRankReduction : public rraebench::Model {
 public:
  explicit VariationalRankReduction(const rraebench::ModelSpec& spec)
      : rank_(spec.options.integer("rank")),
        centre_(spec.options.boolean("centre")),
        singular_noise_(spec.options.text("noise") == "singular"),
        noise_strength_(spec.options.real("noise_strength")),
        detached_(spec.options.text("noise_gradient") == "detached"),
        free_bits_(spec.options.real("free_bits")) {
    rraebench::require_rank_within_latent(spec.options);
    if (singular_noise_)
      rraebench::require_defaults(kOptions, spec.options, {"beta", "beta_rule", "beta_warmup", "free_bits"},
                                  "noise=singular has no KL");
    else
      rraebench::require_defaults(kOptions, spec.options, {"noise_strength"},
                                  "it is of noise=singular alone");
    const auto latent_size = spec.options.integer("latent");
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent_size));
    if (spec.options.text("mean") == "linear")
      mean_ = register_module("mean", torch::nn::Linear(rank_, rank_));
    if (!singular_noise_) log_variance_ = register_module("log_variance", torch::nn::Linear(rank_, rank_));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_size));
    last_basis_ = register_buffer("last_basis", torch::zeros({latent_size, rank_}));
    basis_ = register_module("basis", std::make_shared<rraebench::FixedBasis>(latent_size, rank_, centre_));
    if (spec.options.text("mean") == "whitened") scale_ = register_buffer("scale", torch::ones({rank_}));
    weight_ = register_module("weight", std::make_shared<rraebench::KlWeight>(spec));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    if (basis_->is_set()) return fine_tuning_loss(batch);
    auto y = encoder_->forward(batch.samples);
    torch::Tensor centre;
    if (centre_) {
      centre = y.mean(0, /*keepdim=*/true);
      y = y - centre;
    }
    const auto modes = rraebench::leading_modes(y, rank_, last_basis_);
    {
      const torch::NoGradGuard no_gradients;
      last_basis_.copy_(modes.basis);
    }
    const auto scale = scale_.defined() ? root_mean_squares(modes.coefficients) : torch::Tensor();
    const auto seen = over(modes.coefficients, scale);
    const auto mean = mean_of(seen);
    const auto log_variance = singular_noise_ ? torch::Tensor() : log_variance_->forward(seen);
    const auto noise = noise_of(noise_source(y, modes, seen, scale), log_variance);
    auto latent = on_basis(mean, noise, modes.basis, scale);
    if (centre_) latent = latent + centre;
    const auto error = rraebench::relative_error_loss(decoder_->forward(latent), batch.samples);
    if (singular_noise_) return {error, {{"reconstruction", error.detach()}}};
    const auto [kl, plain] = rraebench::counted_kl(mean, log_variance, free_bits_);
    return {error + weight_->weighed(kl, error), {{"reconstruction", error.detach()}, {"kl", plain}}};
  }

  void after_step() override { weight_->step(); }

  std::vector<rraebench::ParameterGroup> parameter_groups() override {
    if (!basis_->is_set()) return Model::parameter_groups();
    auto tuned = decoder_->parameters();
    for (const auto* layer : {&log_variance_, &mean_})
      if (!layer->is_empty())
        for (const auto& parameter : (*layer)->parameters()) tuned.push_back(parameter);
    return {{tuned, 1.0}};
  }

  void finalise(const rraebench::NextBatch& training_samples) override {
    const auto spread = basis_->fit(encoder_, training_samples);
    basis_->set(rraebench::with_signs_of(basis_->vectors(), last_basis_));
    if (scale_.defined()) scale_.copy_(spread.clamp_min(kSmallestScale));
  }

  torch::Tensor encode(const torch::Tensor& samples) override { return mean_of(fixed_coefficients(samples)); }

  torch::Tensor decode(const torch::Tensor& coefficients) override {
    return decoder_->forward(on_fixed_basis(coefficients));
  }

  torch::Tensor latent(const torch::Tensor& samples) override { return on_fixed_basis(encode(samples)); }

  std::optional<rraebench::Posterior> posterior(const torch::Tensor& samples) override {
    if (singular_noise_) return std::nullopt;
    const auto seen = fixed_coefficients(samples);
    return rraebench::Posterior{mean_of(seen), log_variance_->forward(seen)};
  }

  std::optional<torch::Tensor> prior(std::int64_t count) override {
    if (singular_noise_) return std::nullopt;
    return torch::randn({count, rank_}, log_variance_->weight.options());
  }

 private:
  /// Without KL, and with the posterior's noise where there is one, as the authors' code tunes the decoder on
  /// the fixed basis.
  rraebench::Loss fine_tuning_loss(const rraebench::Batch& batch) {
    const auto q = posterior(batch.samples);
    const auto z = q ? rraebench::sample_posterior(q->mean, q->log_variance) : encode(batch.samples);
    const auto error = rraebench::relative_error_loss(decode(z), batch.samples);
    return {error, {{"reconstruction", error.detach()}}};
  }

  /// N x k -> 1 x k: of whitened coefficients one.
  static torch::Tensor root_mean_squares(const torch::Tensor& coefficients) {
    return coefficients.square().mean(0, /*keepdim=*/true).clamp_min(kSmallestScale * kSmallestScale).sqrt();
  }

  static torch::Tensor over(const torch::Tensor& coefficients, const torch::Tensor& scale) {
    return scale.defined() ? coefficients / scale : coefficients;
  }

  torch::Tensor mean_of(const torch::Tensor& seen) { return mean_.is_empty() ? seen : mean_->forward(seen); }

  /// What the noise's size is read from: the same values as `seen`, and where the noise is detached without
  /// the derivative of the SVD, which they have even where the noise is put on a detached basis.
  torch::Tensor noise_source(const torch::Tensor& y, const rraebench::LeadingModes& modes,
                             const torch::Tensor& seen, const torch::Tensor& scale) const {
    if (!detached_) return seen;
    return over(y.matmul(modes.basis.detach()), scale.defined() ? scale.detach() : scale);
  }

  torch::Tensor noise_of(const torch::Tensor& source, const torch::Tensor& log_variance) {
    const auto noise = torch::randn_like(source);
    if (!singular_noise_)
      return noise * (0.5 * (detached_ ? log_variance_->forward(source) : log_variance)).exp();
    return noise * source.norm(2, 0, /*keepdim=*/true) *
           (noise_strength_ / static_cast<double>(source.size(0)));
  }

  /// Mean and noise, N x k, put back: N x L.
  torch::Tensor on_basis(const torch::Tensor& mean, const torch::Tensor& noise, const torch::Tensor& basis,
                         const torch::Tensor& scale) const {
    const auto scaled = [&](const torch::Tensor& z) { return scale.defined() ? z * scale : z; };
    if (!detached_) return scaled(mean + noise).matmul(basis.t());
    const auto still = scale.defined() ? noise * scale.detach() : noise;
    return scaled(mean).matmul(basis.t()) + still.matmul(basis.detach().t());
  }

  torch::Tensor fixed_coefficients(const torch::Tensor& samples) {
    return over(basis_->coefficients(encoder_->forward(samples)), scale_);
  }

  torch::Tensor on_fixed_basis(const torch::Tensor& coefficients) const {
    return basis_->latent(scale_.defined() ? coefficients * scale_ : coefficients);
  }

  static constexpr double kSmallestScale = 1e-12;

  std::int64_t rank_;
  bool centre_;
  bool singular_noise_;
  double noise_strength_;
  bool detached_;
  double free_bits_;
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Linear mean_{nullptr};
  torch::nn::Linear log_variance_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
  torch::Tensor last_basis_;  // L x k: of the last batch; zero before the first.
  torch::Tensor scale_;       // k: root mean squares of all coefficients; undefined unless whitened.
  std::shared_ptr<rraebench::FixedBasis> basis_;
  std::shared_ptr<rraebench::KlWeight> weight_;
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(VariationalRankReduction, "vrrae",
                        "variational rank reduction autoencoder: a Gaussian posterior over SVD coefficients",
                        "3", "Mounayer et al., arXiv 2505.09458", kOptions)
