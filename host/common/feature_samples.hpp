#pragma once
// Implements: of how many samples' features figures and extractors are made, which both programs must know
// alike.

#include <cstdint>

namespace rraebench {

/// Metrics of single samples' features (neighbours, kernels, bootstrap) use no more of either side, so that
/// memory and time are bounded.
constexpr std::int64_t kKeptFeatures = 10000;

/// "pca:K" is fitted to no more training samples.
constexpr std::int64_t kPcaSamples = 10000;

}  // namespace rraebench
