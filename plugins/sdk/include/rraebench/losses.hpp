#pragma once
// Implements: the terms from which the papers build their training objectives, as scalars with a graph.

#include <torch/types.h>

namespace rraebench {

/// 100 * ||estimate - reference||_F / ||reference||_F over the whole batch, in % (RRAE paper's loss).
/// A zero reference counts as one of the smallest normal norm, so that the result stays finite.
inline torch::Tensor relative_error_loss(const torch::Tensor& estimate, const torch::Tensor& reference) {
  const auto tiny = reference.scalar_type() == torch::kFloat64 ? 1e-300 : 1e-30;
  return 100.0 * (estimate - reference).norm() / reference.norm().clamp_min(tiny);
}

/// KL(N(mean, diag exp(log_variance)) || N(0, I)) in nats, summed over samples and dimensions as in both
/// papers: its weight beta therefore means something else at another batch size.
inline torch::Tensor standard_normal_kl(const torch::Tensor& mean, const torch::Tensor& log_variance) {
  return -0.5 * (1.0 + log_variance - mean.square() - log_variance.exp()).sum();
}

/// As standard_normal_kl(), where each dimension's mean over the samples counts as `free_nats` at least:
/// below, it pulls at nothing. Source: Kingma et al. 2016, arXiv 1606.04934, section C.8.
inline torch::Tensor standard_normal_kl(const torch::Tensor& mean, const torch::Tensor& log_variance,
                                        double free_nats) {
  if (free_nats == 0.0) return standard_normal_kl(mean, log_variance);
  const auto per_dimension = -0.5 * (1.0 + log_variance - mean.square() - log_variance.exp()).mean(0);
  return static_cast<double>(mean.size(0)) * per_dimension.clamp_min(free_nats).sum();
}

/// mean + noise * exp(log_variance / 2), noise ~ N(0, I): the reparametrised draw of a Gaussian posterior.
inline torch::Tensor sample_posterior(const torch::Tensor& mean, const torch::Tensor& log_variance) {
  return mean + torch::randn_like(mean) * (0.5 * log_variance).exp();
}

}  // namespace rraebench
