// A plugin as it was built for contract 2: the headers beside it are those of then, frozen, and come before
// the SDK's. Its networks are its own, so that nothing of the SDK's library is in it.
#include "rraebench/plugin.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace {

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", rraebench::OptionType::kInteger, "2", "latent size", 1, 64}};

/// A batch, and memory beside it that is nobody else's to write to.
struct GuardedBatch {
  std::array<unsigned char, 64> before{};
  std::optional<rraebench::Batch> batch;
  std::array<unsigned char, 64> after{};

  void require_untouched() const {
    const auto is_zero = [](unsigned char byte) { return byte == 0; };
    if (!std::all_of(before.begin(), before.end(), is_zero) ||
        !std::all_of(after.begin(), after.end(), is_zero))
      throw std::logic_error("a batch was written that is larger than those of contract 2");
  }
};

class OldModel : public rraebench::Model {
 public:
  explicit OldModel(const rraebench::ModelSpec& spec) {
    std::int64_t size = 1;
    for (const auto extent : spec.sample_shape) size *= extent;
    const auto latent = spec.options.integer("latent");
    encoder_ = register_module("encoder", torch::nn::Linear(size, latent));
    decoder_ = register_module("decoder", torch::nn::Linear(latent, size));
    mean_ = register_buffer("mean", torch::zeros({size}));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto error = (decode(encode(batch.samples)) - batch.samples).square().mean();
    return {error, {}};
  }

  void finalise(const rraebench::NextBatch& samples) override {
    auto sum = torch::zeros_like(mean_);
    std::int64_t count = 0;
    for (;;) {
      // In place of the local variable that a caller would have: returned values are built where they go.
      GuardedBatch guarded = next(samples);
      guarded.require_untouched();
      if (!guarded.batch) break;
      sum += guarded.batch->samples.flatten(1).sum(0);
      count += guarded.batch->samples.size(0);
    }
    mean_.copy_(sum / count);
  }

  torch::Tensor encode(const torch::Tensor& samples) override {
    return encoder_->forward(samples.flatten(1));
  }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }
  std::optional<rraebench::Posterior> posterior(const torch::Tensor& samples) override {
    const auto mean = encode(samples);
    return rraebench::Posterior{mean, torch::zeros_like(mean)};
  }
  std::optional<torch::Tensor> kl(const torch::Tensor& samples) override {
    return 0.5 * encode(samples).square();
  }

  /// Stands where a later contract might have a function.
  virtual std::optional<torch::Tensor> of_its_own(const torch::Tensor& /*samples*/) {
    throw std::logic_error("a function was called that contract 2 has not");
  }

 private:
  /// The aggregate's member is built in place by the call.
  static GuardedBatch next(const rraebench::NextBatch& samples) { return {{}, samples(), {}}; }

  torch::nn::Linear encoder_{nullptr};
  torch::nn::Linear decoder_{nullptr};
  torch::Tensor mean_;
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(OldModel, "contract-2", "built for the second contract", "1", "none", kOptions)
