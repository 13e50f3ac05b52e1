#pragma once
// Implements: FID infinity, the Frechet distance extrapolated to infinitely many generated samples.

#include "metrics/frechet.hpp"

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace rraebench {

struct FrechetExtrapolation {
  double limit = 0.0;               // The intercept; may be negative where the distance is near 0.
  std::vector<std::int64_t> sizes;  // Numbers of generated samples,
  std::vector<double> distances;    // and the distance of so many of them.
};

/// The distance of n samples grows in 1/n above that of the distribution they come from. Distances at
/// `points` sizes, equally spaced from min(5000, max(N / 10, 2)) to N and each of other random rows, are
/// regressed on 1/n by least squares; the limit is the intercept (Chong & Forsyth 2020; sizes as in
/// dgm-eval). Removes the bias that the generated samples bring, not that of the reference's own finite
/// number.
///
/// `generated`: N x d, N >= 20, any floating type. The same seed gives the same rows. Throws
/// std::invalid_argument for fewer rows, fewer than two points, and as FrechetReference does.
FrechetExtrapolation frechet_infinity(const FrechetReference& reference, const torch::Tensor& generated,
                                      std::uint64_t seed, std::int64_t points = 15);

}  // namespace rraebench
