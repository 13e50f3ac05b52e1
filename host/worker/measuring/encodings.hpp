#pragma once
// Implements: what a model makes of a whole split, computed once for all protocols.

#include "host/worker/batches.hpp"
#include "host/worker/checked_model.hpp"
#include "metrics/rank.hpp"

#include <torch/types.h>

#include <optional>

namespace rraebench {

struct Encodings {
  torch::Tensor coefficients;          // N x k, CPU; the posterior's mean where there is a posterior.
  std::optional<Posterior> posterior;  // N x k each, CPU; nullopt for a deterministic model.
  std::optional<torch::Tensor> kl;     // N x k or N, CPU: the model's own, to its own prior.
  LatentSpectrum latent_spectrum;      // Of the N x L latent.
};

Encodings encode_split(const CheckedModel& model, const SampleSource& source);

/// Coefficients alone: N x k, CPU.
torch::Tensor encode_all(const CheckedModel& model, const SampleSource& source);

}  // namespace rraebench
