// Contractive autoencoder (Rifai et al. 2011): a penalty on the Jacobian of the latent makes it insensitive
// to small changes of the sample. As in the second version of the RRAE paper's code, the Jacobian is that of
// the encoder's last layer alone, behind which stands a sigmoid: it has a closed form.

#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"

namespace {

using rraebench::OptionType;

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", OptionType::kInteger, "128", "latent size L; the coefficients are the latent, in (0, 1)", 1,
     1 << 14},
    {"weight", OptionType::kReal, "1e-2", "of the squared Jacobian of the encoder's last layer", 0},
    rraebench::one_of(
        {"reduction", OptionType::kText, "mean",
         "of the Jacobian over the batch: its mean, or its sum, as the authors of RRAE take it"},
        "mean|sum"),
};

class ContractiveAutoencoder : public rraebench::Model {
 public:
  explicit ContractiveAutoencoder(const rraebench::ModelSpec& spec)
      : weight_(spec.options.real("weight")), sum_(spec.options.text("reduction") == "sum") {
    const auto latent_size = spec.options.integer("latent");
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent_size));
    last_ = std::dynamic_pointer_cast<torch::nn::LinearImpl>(encoder_->children().back());
    if (last_ == nullptr)
      throw std::invalid_argument("contractive-ae: the encoder must end in a linear layer, not in " +
                                  encoder_->children().back()->name());
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_size));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto y = encode(batch.samples);
    const auto error = rraebench::relative_error_loss(decode(y), batch.samples);
    // d y_j / d x_i = y_j (1 - y_j) W_ji
    const auto squares = (y * (1.0 - y)).square();
    const auto slopes = sum_ ? squares.sum(0) : squares.mean(0);
    const auto penalty = slopes.dot(last_->weight.square().sum(1));
    return {error + weight_ * penalty, {{"reconstruction", error.detach()}, {"jacobian", penalty.detach()}}};
  }

  torch::Tensor encode(const torch::Tensor& samples) override { return encoder_->forward(samples).sigmoid(); }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return decoder_->forward(coefficients); }

 private:
  double weight_;
  bool sum_;
  torch::nn::Sequential encoder_{nullptr};
  std::shared_ptr<torch::nn::LinearImpl> last_;  // Of the encoder.
  torch::nn::Sequential decoder_{nullptr};
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(ContractiveAutoencoder, "contractive-ae",
                        "contractive autoencoder: a penalty on the Jacobian of the last layer of its encoder",
                        "2", "Rifai, Vincent, Muller, Glorot and Bengio 2011", kOptions)
