#pragma once
// Implements: sentences on how posterior collapse sets in along a sweep.

#include "reports/analysis/comparison.hpp"
#include "reports/analysis/sweeps.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// How many units of the latent stay active along a sweep, a sentence a model: "VAE: 2.0 active units up to
/// beta = 0.001, 0.5 at 0.01, 0.0 from 0.1 on." Empty where none were counted.
std::vector<std::string> describe_collapse(const Comparison& comparison, const Sweep& sweep);

}  // namespace rraebench
