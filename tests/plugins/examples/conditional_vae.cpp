// A VAE whose decoder knows the class. In training that is the label; afterwards, where samples have none,
// the class that a layer beside the posterior's finds. Coefficients: L of the posterior's mean, then a
// probability a class.
#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"

#include <stdexcept>

namespace {

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", rraebench::OptionType::kInteger, "8", "latent size without the classes", 1, 4096},
    {"beta", rraebench::OptionType::kReal, "1e-3", "weight of the KL divergence", 0},
};

constexpr double kLogVarianceOfClass = -20.0;  // A class is no random variable.

class ConditionalVae : public rraebench::Model {
 public:
  explicit ConditionalVae(const rraebench::ModelSpec& spec)
      : latent_(spec.options.integer("latent")),
        classes_(spec.class_count),
        beta_(spec.options.real("beta")) {
    if (classes_ < 1) throw std::invalid_argument("conditional-vae needs data with labels");
    encoder_ = register_module("encoder",
                               make_encoder(spec.architecture, spec.sample_shape, 2 * latent_ + classes_));
    decoder_ =
        register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_ + classes_));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto parts = encodings(batch.samples);
    const auto z = rraebench::sample_posterior(parts[0], parts[1]);
    const auto known = torch::one_hot(batch.labels, classes_).to(z.scalar_type());
    const auto error = rraebench::relative_error_loss(decode(torch::cat({z, known}, 1)), batch.samples);
    const auto kl = rraebench::standard_normal_kl(parts[0], parts[1]);
    const auto surprise = torch::cross_entropy_loss(parts[2], batch.labels);
    return {error + beta_ * kl + surprise,
            {{"reconstruction", error.detach()}, {"kl", kl.detach()}, {"cross_entropy", surprise.detach()}}};
  }

  torch::Tensor encode(const torch::Tensor& samples) override { return posterior(samples)->mean; }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }

  std::optional<rraebench::Posterior> posterior(const torch::Tensor& samples) override {
    const auto parts = encodings(samples);
    const auto classes = parts[2].softmax(1);
    return rraebench::Posterior{torch::cat({parts[0], classes}, 1),
                                torch::cat({parts[1], torch::full_like(classes, kLogVarianceOfClass)}, 1)};
  }

  std::optional<torch::Tensor> kl(const torch::Tensor& samples) override {
    const auto parts = encodings(samples);
    const auto of_latent = -0.5 * (1.0 + parts[1] - parts[0].square() - parts[1].exp());
    return torch::cat({of_latent, torch::zeros_like(parts[2])}, 1);
  }

  std::optional<torch::Tensor> prior(std::int64_t count) override {
    const auto options = parameters().front().options();
    const auto classes = torch::randint(classes_, {count}, options.dtype(torch::kInt64));
    return torch::cat(
        {torch::randn({count, latent_}, options), torch::one_hot(classes, classes_).to(options.dtype())}, 1);
  }

 private:
  /// Mean and log variance, N x L, and the classes' logits, N x classes.
  std::vector<torch::Tensor> encodings(const torch::Tensor& samples) {
    return encoder_->forward(samples).split_with_sizes({latent_, latent_, classes_}, 1);
  }

  std::int64_t latent_;
  std::int64_t classes_;
  double beta_;
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(ConditionalVae, "conditional-vae", "VAE whose decoder knows the class", "1",
                        "Sohn, Lee and Yan 2015", kOptions)
