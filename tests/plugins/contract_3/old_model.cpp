// A plugin as it was built for contract 3: the headers beside it are those of then, frozen, and come before
// the SDK's. Its networks are its own, so that nothing of the SDK's library is in it.
#include "rraebench/plugin.hpp"

namespace {

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", rraebench::OptionType::kInteger, "2", "latent size", 1, 64}};

/// Keeps what it was told, for its test to read.
class ToldModel : public rraebench::Model {
 public:
  explicit ToldModel(const rraebench::ModelSpec& given) {
    const auto spec = given;  // As large as it knows it.
    std::int64_t size = 1;
    for (const auto extent : spec.sample_shape) size *= extent;
    const auto latent = spec.options.integer("latent");
    encoder_ = register_module("encoder", torch::nn::Linear(size, latent));
    decoder_ = register_module("decoder", torch::nn::Linear(latent, size));
    register_buffer("told", torch::tensor({spec.total_steps, spec.class_count, spec.parameter_count}));
    labels_ = register_buffer("labels", torch::zeros({}, torch::kInt64));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto error = (decode(encode(batch.samples)) - batch.samples).square().mean();
    return {error, {}};
  }

  void finalise(const rraebench::NextBatch& samples) override {
    while (const auto batch = samples())
      if (batch->labels.defined()) labels_.add_(batch->labels.sum());
  }

  torch::Tensor encode(const torch::Tensor& samples) override {
    return encoder_->forward(samples.flatten(1));
  }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }

 private:
  torch::nn::Linear encoder_{nullptr};
  torch::nn::Linear decoder_{nullptr};
  torch::Tensor labels_;
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(ToldModel, "contract-3", "built for the third contract", "1", "none", kOptions)
