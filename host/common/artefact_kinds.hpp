#pragma once
// Implements: what a run may leave beside its figures.

#include <string>
#include <vector>

namespace rraebench {

constexpr const char* kWeights = "weights";
constexpr const char* kSamples = "samples";
constexpr const char* kCoefficients = "coefficients";
constexpr const char* kReconstructions = "reconstructions";

/// What `keep` of a suite may name.
inline const std::vector<std::string>& artefact_kinds() {
  static const std::vector<std::string> kinds = {kWeights, kSamples, kCoefficients, kReconstructions};
  return kinds;
}

}  // namespace rraebench
