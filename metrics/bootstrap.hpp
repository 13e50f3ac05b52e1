#pragma once
// Implements: bootstrap confidence intervals of a statistic of samples.

#include <torch/types.h>

#include <cstdint>
#include <functional>

namespace rraebench {

struct BootstrapOptions {
  std::int64_t replicates = 1000;
  double confidence = 0.95;
  std::uint64_t seed = 0;
  std::int64_t group = 1;  // Successive samples that are drawn together, as the images of one path.
};

struct Interval {
  double lower = 0.0;
  double upper = 0.0;
};

/// Quantiles (1 - confidence) / 2 and (1 + confidence) / 2 of `statistic` over sets of `count` indices drawn
/// with replacement (Efron & Tibshirani 1993, chapter 13), whole groups where samples of a group are not
/// independent (Davison & Hinkley 1997, section 3.8; the last group may be short), moved so that the
/// replicates' mean falls on `estimate`: a statistic that is biased for few distinct samples, as the Frechet
/// distance is, would otherwise give an interval above its own value. It says how far the value varies with
/// the sample, nothing of its bias. `statistic` is given int64 indices in [0, count), 1-D. The same seed
/// gives the same draws. Throws std::invalid_argument for no samples, fewer than two replicates, a confidence
/// outside (0, 1) or a group below 1.
Interval bootstrap_interval(double estimate, std::int64_t count, const BootstrapOptions& options,
                            const std::function<double(const torch::Tensor& indices)>& statistic);

/// Of the mean of `values`: 1-D, any floating type.
Interval bootstrap_mean_interval(const torch::Tensor& values, const BootstrapOptions& options);

}  // namespace rraebench
