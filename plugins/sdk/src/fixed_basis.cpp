#include "rraebench/fixed_basis.hpp"

#include "rraebench/streaming_basis.hpp"

#include <stdexcept>
#include <string>

namespace rraebench {

FixedBasis::FixedBasis(std::int64_t latent_size, std::int64_t rank, bool centred) {
  vectors_ = register_buffer("vectors", torch::zeros({latent_size, rank}));
  if (centred) mean_ = register_buffer("mean", torch::zeros({latent_size}));
  is_set_ = register_buffer("is_set", torch::zeros({}, torch::kBool));
}

torch::Tensor FixedBasis::fit(torch::nn::Sequential encoder, const NextBatch& samples) {
  StreamingBasis collected(vectors_.size(0), mean_.defined());
  while (const auto batch = samples()) collected.add(encoder->forward(batch->samples));
  const auto basis = collected.basis(vectors_.size(1));
  if (mean_.defined()) mean_.copy_(collected.mean());
  set(basis);
  return collected.root_mean_squares(basis);
}

void FixedBasis::set(const torch::Tensor& basis) {
  vectors_.copy_(basis);
  is_set_.fill_(true);
}

bool FixedBasis::is_set() const {
  return is_set_.item<bool>();
}

torch::Tensor FixedBasis::coefficients(const torch::Tensor& latent) const {
  require();
  return (mean_.defined() ? latent - mean_ : latent).matmul(vectors_);
}

torch::Tensor FixedBasis::latent(const torch::Tensor& coefficients) const {
  require();
  const auto latent = coefficients.matmul(vectors_.t());
  return mean_.defined() ? latent + mean_ : latent;
}

void FixedBasis::require() const {
  if (!is_set()) throw std::logic_error("no basis yet: finalise() comes before encode() and decode()");
}

void require_rank_within_latent(const Options& options) {
  const auto rank = options.integer("rank");
  const auto latent_size = options.integer("latent");
  if (rank > latent_size)
    throw std::invalid_argument("option 'rank' is " + std::to_string(rank) +
                                " but must not exceed 'latent', " + std::to_string(latent_size));
}

}  // namespace rraebench
