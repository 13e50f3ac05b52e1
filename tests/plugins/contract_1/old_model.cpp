// A plugin as it was built for contract 1: the headers beside it are those of then, frozen, and come before
// the SDK's. Its networks are its own, so that nothing of the SDK's library is in it.
#include "rraebench/plugin.hpp"

#include <stdexcept>

namespace {

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", rraebench::OptionType::kInteger, "2", "latent size", 1, 64}};

class OldModel : public rraebench::Model {
 public:
  explicit OldModel(const rraebench::ModelSpec& spec) {
    std::int64_t size = 1;
    for (const auto extent : spec.sample_shape) size *= extent;
    const auto latent = spec.options.integer("latent");
    encoder_ = register_module("encoder", torch::nn::Linear(size, latent));
    decoder_ = register_module("decoder", torch::nn::Linear(latent, size));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto error = (decode(encode(batch.samples)) - batch.samples).square().mean();
    return {error, {}};
  }
  torch::Tensor encode(const torch::Tensor& samples) override {
    return encoder_->forward(samples.flatten(1));
  }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }
  std::optional<rraebench::Posterior> posterior(const torch::Tensor& samples) override {
    const auto mean = encode(samples);
    return rraebench::Posterior{mean, torch::zeros_like(mean)};
  }

  /// Stands where contract 2 has kl().
  virtual std::optional<torch::Tensor> of_its_own(const torch::Tensor& /*samples*/) {
    throw std::logic_error("a function was called that contract 1 has not");
  }

 private:
  torch::nn::Linear encoder_{nullptr};
  torch::nn::Linear decoder_{nullptr};
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(OldModel, "contract-1", "built for the first contract", "1", "none", kOptions)
