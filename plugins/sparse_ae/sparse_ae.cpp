// Sparse autoencoder (Ng 2011, CS294A notes): a sigmoid latent whose units are to be active for a small share
// of the samples. A rival in the second version of the RRAE paper's code.

#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"

namespace {

using rraebench::OptionType;

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", OptionType::kInteger, "128", "latent size L; the coefficients are the latent, in (0, 1)", 1,
     1 << 20},
    {"sparsity", OptionType::kReal, "0.05", "share of the samples for which a unit is to be active", 1e-6,
     0.999999},
    {"weight", OptionType::kReal, "1", "of the divergence of the mean activity from it", 0},
    rraebench::one_of({"activity", OptionType::kText, "units",
                       "the mean that diverges: of each unit over the batch, or one of all units together, "
                       "as the authors of RRAE take it"},
                      "units|all"),
};

class SparseAutoencoder : public rraebench::Model {
 public:
  explicit SparseAutoencoder(const rraebench::ModelSpec& spec)
      : sparsity_(spec.options.real("sparsity")),
        weight_(spec.options.real("weight")),
        one_mean_(spec.options.text("activity") == "all") {
    const auto latent_size = spec.options.integer("latent");
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent_size));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_size));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto y = encode(batch.samples);
    const auto error = rraebench::relative_error_loss(decode(y), batch.samples);
    // KL of two Bernoulli variables, summed over units; a mean of 0 or 1 would make it infinite.
    const auto mean = (one_mean_ ? y.mean() : y.mean(0)).clamp(kSmallest, 1.0 - kSmallest);
    const auto penalty =
        (sparsity_ * (sparsity_ / mean).log() + (1.0 - sparsity_) * ((1.0 - sparsity_) / (1.0 - mean)).log())
            .sum();
    return {error + weight_ * penalty, {{"reconstruction", error.detach()}, {"sparsity", penalty.detach()}}};
  }

  torch::Tensor encode(const torch::Tensor& samples) override { return encoder_->forward(samples).sigmoid(); }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }

 private:
  static constexpr double kSmallest = 1e-6;

  double sparsity_;
  double weight_;
  bool one_mean_;
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(SparseAutoencoder, "sparse-ae",
                        "sparse autoencoder: a sigmoid latent whose units are rarely active", "2",
                        "Ng 2011, CS294A lecture notes", kOptions)
