// Variational rank reduction autoencoder (arXiv 2505.09458): the coefficients of the truncated SVD of a
// batch's latent matrix are the mean of a Gaussian posterior; draws of it, put back on the SVD's basis, are
// decoded. finalise() fixes one basis for all samples.
//
// The signs of singular vectors are arbitrary, and the log-variance is read from the coefficients: a mode
// that changed its sign from batch to batch would show this layer mirrored inputs. Each mode therefore keeps
// the sign that it had in the batch before, and the fixed basis that of the last batch.

#include "rraebench/fixed_basis.hpp"
#include "rraebench/leading_modes.hpp"
#include "rraebench/losses.hpp"
#include "rraebench/mode_signs.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"

namespace {

using rraebench::OptionType;

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", OptionType::kInteger, "200", "latent size L, long", 1, 1 << 20},
    rraebench::bounded_by({"rank", OptionType::kInteger, "16",
                           "modes kept: k, the number of coefficients; at most the batch size", 1, 1 << 20},
                          "latent|batch"),
    {"beta", OptionType::kReal, "1e-3", "weight of the KL divergence summed over batch and coefficients", 0},
    {"mean", OptionType::kText, "coefficients",
     "the posterior's mean: the coefficients, or a trained linear map of them",
     -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity(),
     "coefficients|linear"},
};

class VariationalRankReduction : public rraebench::Model {
 public:
  explicit VariationalRankReduction(const rraebench::ModelSpec& spec)
      : rank_(spec.options.integer("rank")), beta_(spec.options.real("beta")) {
    rraebench::require_rank_within_latent(spec.options);
    const auto latent_size = spec.options.integer("latent");
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent_size));
    if (spec.options.text("mean") == "linear")
      mean_ = register_module("mean", torch::nn::Linear(rank_, rank_));
    log_variance_ = register_module("log_variance", torch::nn::Linear(rank_, rank_));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_size));
    last_basis_ = register_buffer("last_basis", torch::zeros({latent_size, rank_}));
    basis_ = register_module("basis", std::make_shared<rraebench::FixedBasis>(latent_size, rank_));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    if (basis_->is_set()) return fine_tuning_loss(batch);
    const auto modes = rraebench::leading_modes(encoder_->forward(batch.samples), rank_, last_basis_);
    {
      const torch::NoGradGuard no_gradients;
      last_basis_.copy_(modes.basis);
    }
    const auto q = posterior_of(modes.coefficients);
    const auto z = rraebench::sample_posterior(q.mean, q.log_variance);
    const auto error =
        rraebench::relative_error_loss(decoder_->forward(z.matmul(modes.basis.t())), batch.samples);
    const auto kl = rraebench::standard_normal_kl(q.mean, q.log_variance);
    return {error + beta_ * kl, {{"reconstruction", error.detach()}, {"kl", kl.detach()}}};
  }

  std::vector<rraebench::ParameterGroup> parameter_groups() override {
    if (!basis_->is_set()) return Model::parameter_groups();
    auto tuned = decoder_->parameters();
    for (const auto& parameter : log_variance_->parameters()) tuned.push_back(parameter);
    if (!mean_.is_empty())
      for (const auto& parameter : mean_->parameters()) tuned.push_back(parameter);
    return {{tuned, 1.0}};
  }

  void finalise(const rraebench::NextBatch& training_samples) override {
    basis_->fit(encoder_, training_samples);
    basis_->set(rraebench::with_signs_of(basis_->vectors(), last_basis_));
  }

  torch::Tensor encode(const torch::Tensor& samples) override {
    return mean_of(basis_->coefficients(encoder_->forward(samples)));
  }

  torch::Tensor decode(const torch::Tensor& coefficients) override {
    return decoder_->forward(basis_->latent(coefficients));
  }

  torch::Tensor latent(const torch::Tensor& samples) override { return basis_->latent(encode(samples)); }

  std::optional<rraebench::Posterior> posterior(const torch::Tensor& samples) override {
    return posterior_of(basis_->coefficients(encoder_->forward(samples)));
  }

  std::optional<torch::Tensor> prior(std::int64_t count) override {
    return torch::randn({count, rank_}, log_variance_->weight.options());
  }

 private:
  /// With noise and without KL, as the authors' code tunes the decoder on the fixed basis.
  rraebench::Loss fine_tuning_loss(const rraebench::Batch& batch) {
    const auto q = *posterior(batch.samples);
    const auto z = rraebench::sample_posterior(q.mean, q.log_variance);
    const auto error = rraebench::relative_error_loss(decode(z), batch.samples);
    return {error, {{"reconstruction", error.detach()}}};
  }

  torch::Tensor mean_of(const torch::Tensor& coefficients) {
    return mean_.is_empty() ? coefficients : mean_->forward(coefficients);
  }

  rraebench::Posterior posterior_of(const torch::Tensor& coefficients) {
    return {mean_of(coefficients), log_variance_->forward(coefficients)};
  }

  std::int64_t rank_;
  double beta_;
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Linear mean_{nullptr};
  torch::nn::Linear log_variance_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
  torch::Tensor last_basis_;  // L x k: of the last batch; zero before the first.
  std::shared_ptr<rraebench::FixedBasis> basis_;
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(VariationalRankReduction, "vrrae",
                        "variational rank reduction autoencoder: a Gaussian posterior over SVD coefficients",
                        "1", "Mounayer et al., arXiv 2505.09458", kOptions)
