#include "rraebench/fixed_basis.hpp"

#include "rraebench/streaming_basis.hpp"

#include <stdexcept>
#include <string>

namespace rraebench {

FixedBasis::FixedBasis(std::int64_t latent_size, std::int64_t rank) {
  vectors_ = register_buffer("vectors", torch::zeros({latent_size, rank}));
  is_set_ = register_buffer("is_set", torch::zeros({}, torch::kBool));
}

void FixedBasis::fit(torch::nn::Sequential encoder, const NextBatch& samples) {
  StreamingBasis collected(vectors_.size(0));
  while (const auto batch = samples()) collected.add(encoder->forward(batch->samples));
  set(collected.basis(vectors_.size(1)));
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
  return latent.matmul(vectors_);
}

torch::Tensor FixedBasis::latent(const torch::Tensor& coefficients) const {
  require();
  return coefficients.matmul(vectors_.t());
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
