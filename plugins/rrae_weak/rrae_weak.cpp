// Rank reduction autoencoder, weak formulation (arXiv 2405.13980, section 3): the decoder sees the whole
// latent and a second term pulls the latent of the training samples towards a trained product U A of rank k.
// U (L x k) has unit columns; A holds a column of coefficients for every training sample.

#include "rraebench/fixed_basis.hpp"
#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"

namespace {

using rraebench::OptionType;

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", OptionType::kInteger, "200", "latent size L, long", 1, 1 << 20},
    rraebench::bounded_by({"rank", OptionType::kInteger, "16",
                           "modes of the trained product: k, the number of coefficients", 1, 1 << 20},
                          "latent|train"),
    {"penalty", OptionType::kReal, "1", "weight of the latent's distance from rank k", 0},
    {"coefficient_rate", OptionType::kReal, "1", "kappa: learning rate of A over that of everything else", 0},
    rraebench::one_of({"basis", OptionType::kText, "latent",
                       "after training: the leading modes of the latents, or the span of the trained U"},
                      "latent|trained"),
    rraebench::one_of(
        {"renormalise", OptionType::kText, "step",
         "columns of U are brought to unit length after each step, or in the forward pass alone"},
        "step|forward"),
};

torch::Tensor with_unit_columns(const torch::Tensor& matrix) {
  return matrix / matrix.norm(2, 0, /*keepdim=*/true).clamp_min(1e-30);
}

class WeakRankReduction : public rraebench::Model {
 public:
  explicit WeakRankReduction(const rraebench::ModelSpec& spec)
      : penalty_(spec.options.real("penalty")),
        coefficient_rate_(spec.options.real("coefficient_rate")),
        use_trained_basis_(spec.options.text("basis") == "trained"),
        renormalises_each_step_(spec.options.text("renormalise") == "step") {
    rraebench::require_rank_within_latent(spec.options);
    const auto latent_size = spec.options.integer("latent");
    const auto rank = spec.options.integer("rank");
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent_size));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_size));
    // As the authors start: uniform in [-1, 1], columns of U and rows of A of unit length.
    trained_basis_ =
        register_parameter("trained_basis", with_unit_columns(torch::rand({latent_size, rank}) * 2.0 - 1.0));
    trained_coefficients_ = register_parameter(
        "trained_coefficients", with_unit_columns(torch::rand({spec.train_count, rank}) * 2.0 - 1.0));
    basis_ = register_module("basis", std::make_shared<rraebench::FixedBasis>(latent_size, rank));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    if (basis_->is_set()) {
      const auto error = rraebench::relative_error_loss(decode(encode(batch.samples)), batch.samples);
      return {error, {{"reconstruction", error.detach()}}};
    }
    const auto y = encoder_->forward(batch.samples);
    const auto error = rraebench::relative_error_loss(decoder_->forward(y), batch.samples);
    const auto of_rank_k =
        trained_coefficients_.index_select(0, batch.indices).matmul(with_unit_columns(trained_basis_).t());
    const auto distance = rraebench::relative_error_loss(of_rank_k, y);
    return {error + penalty_ * distance,
            {{"reconstruction", error.detach()}, {"distance_from_rank", distance.detach()}}};
  }

  std::vector<rraebench::ParameterGroup> parameter_groups() override {
    if (basis_->is_set()) return {{decoder_->parameters(), 1.0}};
    auto others = encoder_->parameters();
    for (const auto& parameter : decoder_->parameters()) others.push_back(parameter);
    others.push_back(trained_basis_);
    return {{others, 1.0}, {{trained_coefficients_}, coefficient_rate_}};
  }

  void after_step() override {
    if (renormalises_each_step_) trained_basis_.copy_(with_unit_columns(trained_basis_));
  }

  void finalise(const rraebench::NextBatch& training_samples) override {
    if (use_trained_basis_)
      basis_->set(std::get<0>(torch::linalg_qr(trained_basis_.detach())));
    else
      basis_->fit(encoder_, training_samples);
  }

  torch::Tensor encode(const torch::Tensor& samples) override {
    return basis_->coefficients(encoder_->forward(samples));
  }

  torch::Tensor decode(const torch::Tensor& coefficients) override {
    return decoder_->forward(basis_->latent(coefficients));
  }

  torch::Tensor latent(const torch::Tensor& samples) override { return encoder_->forward(samples); }

 private:
  double penalty_;
  double coefficient_rate_;
  bool use_trained_basis_;
  bool renormalises_each_step_;
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
  torch::Tensor trained_basis_;         // U: L x k.
  torch::Tensor trained_coefficients_;  // A transposed: training samples x k.
  std::shared_ptr<rraebench::FixedBasis> basis_;
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(
    WeakRankReduction, "rrae-weak",
    "rank reduction autoencoder, weak: the latent is drawn towards a trained rank-k product", "1",
    "Mounayer et al., arXiv 2405.13980, weak formulation", kOptions)
