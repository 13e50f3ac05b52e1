#include "host/common/sampler.hpp"

#include "host/common/plain_count.hpp"

namespace rraebench {
namespace {

constexpr char kMixture[] = "mixture:";

}  // namespace

std::optional<Sampler> find_sampler(const std::string& name) {
  if (name == "prior") return Sampler{SamplerKind::kPrior};
  if (name == "posterior") return Sampler{SamplerKind::kPosterior};
  if (name == "uniform") return Sampler{SamplerKind::kUniform};
  if (name == "gaussian") return Sampler{SamplerKind::kGaussian};
  if (name.rfind(kMixture, 0) != 0) return std::nullopt;
  const auto components = plain_count(name.substr(sizeof(kMixture) - 1));
  return components ? std::optional(Sampler{SamplerKind::kMixture, *components}) : std::nullopt;
}

std::string describe(const Sampler& sampler) {
  switch (sampler.kind) {
    case SamplerKind::kPrior:
      return "the model's prior";
    case SamplerKind::kPosterior:
      return "the posteriors of random training samples";
    case SamplerKind::kUniform:
      return "the box of the training coefficients";
    case SamplerKind::kGaussian:
      return "the Gaussian fitted to the training coefficients";
    case SamplerKind::kMixture:
      break;
  }
  return "the mixture of " + std::to_string(sampler.components) +
         " Gaussians fitted to the training coefficients";
}

}  // namespace rraebench
