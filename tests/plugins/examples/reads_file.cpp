// A model whose first weights are scaled by the number that a file holds: for the tests of options that are
// files.
#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"

#include <fstream>

namespace {

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", rraebench::OptionType::kInteger, nullptr, "latent size", 1, 64},
    {"scale", rraebench::OptionType::kFile, nullptr, "text file with the scale of the first weights"},
    {"more", rraebench::OptionType::kFile, "", "text file with a further scale"},
};

double number_in(const std::string& file) {
  double number = 1.0;
  if (!file.empty() && !(std::ifstream(file) >> number)) throw std::runtime_error(file + ": holds no number");
  return number;
}

class ReadsFile : public rraebench::Model {
 public:
  explicit ReadsFile(const rraebench::ModelSpec& spec) {
    const auto latent = spec.options.integer("latent");
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent));
    const auto scale = number_in(spec.options.text("scale")) * number_in(spec.options.text("more"));
    const torch::NoGradGuard no_gradients;
    for (auto& parameter : parameters()) parameter.mul_(scale);
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    return {rraebench::relative_error_loss(decode(encode(batch.samples)), batch.samples), {}};
  }
  torch::Tensor encode(const torch::Tensor& samples) override { return encoder_->forward(samples); }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }

 private:
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(ReadsFile, "reads-file", "begins as a file says", "1", "none", kOptions)
