// Rank reduction autoencoder, strong formulation (arXiv 2405.13980, section 3): in training the decoder sees
// the truncated SVD U_k S_k V_k^T of the batch's latent matrix, gradients flowing through the SVD. finalise()
// fixes one basis U_k for all samples; from then on the coefficients of a sample are U_k^T e(x).

#include "rraebench/losses.hpp"
#include "rraebench/networks.hpp"
#include "rraebench/plugin.hpp"
#include "rraebench/rank_truncation.hpp"
#include "rraebench/streaming_basis.hpp"

namespace {

using rraebench::OptionType;

constexpr rraebench::OptionRule kOptions[] = {
    {"latent", OptionType::kInteger, "200", "latent size L, long", 1, 1 << 20},
    {"rank", OptionType::kInteger, "16", "modes kept: k, the number of coefficients; at most the batch size",
     1, 1 << 20},
};

class StrongRankReduction : public rraebench::Model {
 public:
  explicit StrongRankReduction(const rraebench::ModelSpec& spec)
      : latent_size_(spec.options.integer("latent")), rank_(spec.options.integer("rank")) {
    if (rank_ > latent_size_)
      throw std::invalid_argument("option 'rank' is " + std::to_string(rank_) +
                                  " but must not exceed 'latent', " + std::to_string(latent_size_));
    encoder_ = register_module("encoder", make_encoder(spec.architecture, spec.sample_shape, latent_size_));
    decoder_ = register_module("decoder", make_decoder(spec.architecture, spec.sample_shape, latent_size_));
    basis_ = register_buffer("basis", torch::zeros({latent_size_, rank_}));
    has_basis_ = register_buffer("has_basis", torch::zeros({}, torch::kBool));
  }

  rraebench::Loss loss(const rraebench::Batch& batch) override {
    const auto y = encoder_->forward(batch.samples);
    const auto reduced =
        has_basis() ? y.matmul(basis_).matmul(basis_.t()) : rraebench::truncate_rank(y, rank_);
    const auto error = rraebench::relative_error_loss(decoder_->forward(reduced), batch.samples);
    return {error, {{"reconstruction", error.detach()}}};
  }

  void finalise(const rraebench::NextBatch& training_samples) override {
    rraebench::StreamingBasis collected(latent_size_);
    while (const auto batch = training_samples()) collected.add(encoder_->forward(batch->samples));
    basis_.copy_(collected.basis(rank_));
    has_basis_.fill_(true);
  }

  torch::Tensor encode(const torch::Tensor& samples) override {
    require_basis();
    return encoder_->forward(samples).matmul(basis_);
  }

  torch::Tensor decode(const torch::Tensor& coefficients) override {
    require_basis();
    return decoder_->forward(coefficients.matmul(basis_.t()));
  }

  torch::Tensor latent(const torch::Tensor& samples) override { return encode(samples).matmul(basis_.t()); }

 private:
  bool has_basis() const { return has_basis_.item<bool>(); }

  void require_basis() const {
    if (!has_basis())
      throw std::logic_error("rrae-strong has no basis yet: finalise() comes before encode() and decode()");
  }

  std::int64_t latent_size_;
  std::int64_t rank_;
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
  torch::Tensor basis_;      // L x k.
  torch::Tensor has_basis_;  // A buffer, so that a saved model knows.
};

}  // namespace

RRAEBENCH_EXPORT_PLUGIN(StrongRankReduction, "rrae-strong",
                        "rank reduction autoencoder, strong: truncated SVD of each batch's latent", "1",
                        "Mounayer et al., arXiv 2405.13980, strong formulation", kOptions)
