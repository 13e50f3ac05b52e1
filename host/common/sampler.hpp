#pragma once
// Implements: the names of what a suite may draw coefficients from to generate samples.

#include <cstdint>
#include <optional>
#include <string>

namespace rraebench {

enum class SamplerKind {
  kPrior,      // "prior": the model's own.
  kPosterior,  // "posterior": a random training sample's, mean and noise; the aggregated posterior.
  kUniform,    // "uniform": the box that the training coefficients fill (RR_layer's train_RRAE.ipynb).
  kGaussian,   // "gaussian": fitted to the training coefficients.
  kMixture,    // "mixture:K": K Gaussians fitted to them.
};

struct Sampler {
  SamplerKind kind = SamplerKind::kPrior;
  std::int64_t components = 0;  // Of a mixture.
};

/// For messages: what a suite may name.
constexpr const char* kKnownSamplers = "prior, posterior, uniform, gaussian, mixture:K with K components";

/// nullopt for a name of none.
std::optional<Sampler> find_sampler(const std::string& name);

/// "the model's prior", as "drawn from ..." goes on.
std::string describe(const Sampler& sampler);

}  // namespace rraebench
