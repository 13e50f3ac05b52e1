#pragma once
// Implements: the one basis that a rank reduction model fixes for all samples once its training is done.

#include "rraebench/model.hpp"
#include "rraebench/torch.hpp"

#include <cstdint>
#include <functional>

namespace rraebench {

/// An orthonormal basis U (L x k) as module state: registered under a model, it is saved and moved with it.
/// With `centred`, coefficients are those of latents less the mean of all that it was fitted to.
class FixedBasis : public torch::nn::Module {
 public:
  FixedBasis(std::int64_t latent_size, std::int64_t rank, bool centred = false);

  /// The `rank` leading right singular vectors of the latents of all samples, streamed: memory stays below
  /// 2 L^2 doubles. Signs as StreamingBasis::basis() gives them. Throws std::invalid_argument for fewer
  /// samples than `rank` or latents that are not finite. Gives the coefficients' root mean squares: k.
  torch::Tensor fit(torch::nn::Sequential encoder, const NextBatch& samples);

  /// basis: L x k with orthonormal columns.
  void set(const torch::Tensor& basis);

  /// Whether the basis was fixed, here or before the module was saved.
  bool is_set() const;

  const torch::Tensor& vectors() const { return vectors_; }

  /// (Y - mean) U: N x L -> N x k. Throws std::logic_error before the basis is fixed, as does latent().
  torch::Tensor coefficients(const torch::Tensor& latent) const;

  /// C U^T + mean: N x k -> N x L.
  torch::Tensor latent(const torch::Tensor& coefficients) const;

 private:
  void require() const;

  torch::Tensor vectors_;  // L x k.
  torch::Tensor mean_;     // L; undefined where it is not centred.
  torch::Tensor is_set_;   // A buffer, so that a saved model knows.
};

/// Throws std::invalid_argument naming both options unless rank <= latent.
void require_rank_within_latent(const Options& options);

}  // namespace rraebench
