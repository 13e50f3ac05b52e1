// Rank reduction autoencoder, strong formulation (arXiv 2405.13980, section 3): in training the decoder sees
// the truncated SVD U_k S_k V_k^T of the batch's latent matrix, gradients flowing through the SVD. finalise()
// fixes one basis U_k for all samples; from then on the coefficients of a sample are U_k^T e(x).

#include "rraebench/fixed_basis.hpp"
#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"
#include "rraebench/rank_truncation.hpp"

namespace {

using rraebench::OptionType;

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", OptionType::kInteger, "200", "latent size L, long", 1, 1 << 20},
    rraebench::bounded_by({"rank", OptionType::kInteger, "16",
                           "modes kept: k, the number of coefficients; at most the batch size", 1, 1 << 20},
                          "latent|batch"),
    {"centre", OptionType::kBoolean, "false",
     "the latents' mean is taken off before the SVD and put back after"},
};

class StrongRankReduction : public rraebench::Model {
 public:
  explicit StrongRankReduction(const rraebench::ModelSpec& spec)
      : rank_(spec.options.integer("rank")), centre_(spec.options.boolean("centre")) {
    rraebench::require_rank_within_latent(spec.options);
    const auto latent_size = spec.options.integer("latent");
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent_size));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_size));
    basis_ = register_module("basis", std::make_shared<rraebench::FixedBasis>(latent_size, rank_, centre_));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto reduced = basis_->is_set() ? latent(batch.samples) : truncated(batch.samples);
    const auto error = rraebench::relative_error_loss(decoder_->forward(reduced), batch.samples);
    return {error, {{"reconstruction", error.detach()}}};
  }

  std::vector<rraebench::ParameterGroup> parameter_groups() override {
    // Fine-tuning leaves the coefficients as they are and mends the decoder (the authors' code).
    return {{basis_->is_set() ? decoder_->parameters() : parameters(), 1.0}};
  }

  void finalise(const rraebench::NextBatch& training_samples) override {
    basis_->fit(encoder_, training_samples);
  }

  torch::Tensor encode(const torch::Tensor& samples) override {
    return basis_->coefficients(encoder_->forward(samples));
  }

  torch::Tensor decode(const torch::Tensor& coefficients) override {
    return decoder_->forward(basis_->latent(coefficients));
  }

  torch::Tensor latent(const torch::Tensor& samples) override { return basis_->latent(encode(samples)); }

 private:
  torch::Tensor truncated(const torch::Tensor& samples) {
    const auto y = encoder_->forward(samples);
    if (!centre_) return rraebench::truncate_rank(y, rank_);
    const auto mean = y.mean(0, /*keepdim=*/true);
    return rraebench::truncate_rank(y - mean, rank_) + mean;
  }

  std::int64_t rank_;
  bool centre_;
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
  std::shared_ptr<rraebench::FixedBasis> basis_;
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(StrongRankReduction, "rrae-strong",
                        "rank reduction autoencoder, strong: truncated SVD of each batch's latent", "1",
                        "Mounayer et al., arXiv 2405.13980, strong formulation", kOptions)
