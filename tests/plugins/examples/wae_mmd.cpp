// A Wasserstein autoencoder: the encodings of a batch are held to N(0, I) by their maximum mean discrepancy,
// with sums of inverse multiquadratic kernels.
#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"

namespace {

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", rraebench::OptionType::kInteger, "8", "latent size", 1, 4096},
    {"weight", rraebench::OptionType::kReal, "10", "of the discrepancy", 0},
};

torch::Tensor square_distances(const torch::Tensor& a, const torch::Tensor& b) {
  return (a.unsqueeze(1) - b.unsqueeze(0)).square().sum(2);
}

/// Unbiased; `a` and `b`: n x L.
torch::Tensor square_discrepancy(const torch::Tensor& a, const torch::Tensor& b) {
  const auto n = static_cast<double>(a.size(0));
  auto sum = torch::zeros({}, a.options());
  for (const double scale : {0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0}) {
    const double c = 2.0 * static_cast<double>(a.size(1)) * scale;
    const auto kernel = [&](const torch::Tensor& x, const torch::Tensor& y) {
      return c / (c + square_distances(x, y));
    };
    // A sample beside itself has kernel 1.
    sum = sum + (kernel(a, a).sum() + kernel(b, b).sum() - 2.0 * n) / (n * (n - 1.0)) -
          2.0 * kernel(a, b).mean();
  }
  return sum;
}

class WaeMmd : public rraebench::Model {
 public:
  explicit WaeMmd(const rraebench::ModelSpec& spec)
      : latent_(spec.options.integer("latent")), weight_(spec.options.real("weight")) {
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent_));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto z = encode(batch.samples);
    const auto error = rraebench::relative_error_loss(decode(z), batch.samples);
    if (z.size(0) < 2) return {error, {{"reconstruction", error.detach()}}};
    const auto discrepancy = square_discrepancy(z, torch::randn_like(z));
    return {error + weight_ * discrepancy,
            {{"reconstruction", error.detach()}, {"discrepancy", discrepancy.detach()}}};
  }

  torch::Tensor encode(const torch::Tensor& samples) override { return encoder_->forward(samples); }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }
  std::optional<torch::Tensor> prior(std::int64_t count) override {
    return torch::randn({count, latent_}, parameters().front().options());
  }

 private:
  std::int64_t latent_;
  double weight_;
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(WaeMmd, "wae-mmd", "Wasserstein autoencoder, maximum mean discrepancy", "1",
                        "Tolstikhin et al. 2018, arXiv 1711.01558", kOptions)
