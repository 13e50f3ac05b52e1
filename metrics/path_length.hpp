#pragma once
// Implements: smoothness of interpolated paths in the space of an extractor's features.

#include <torch/types.h>

namespace rraebench {

struct PathSmoothness {
  double length = 0.0;  // Mean over paths and segments of ||f(t + 1/S) - f(t)||^2 S^2.
  double detour = 0.0;  // Mean over paths of (sum of segment lengths) / (distance of the path's ends), >= 1.
};

/// Perceptual path length (Karras et al. 2019, section 4.1) with the extractor's features in place of LPIPS
/// and the path's own step 1/S in place of 1e-4, which images of 8 bits would round away. `length` is the
/// squared distance of the ends where a path is straight and even, and more where it jumps or bends; it has
/// the features' unit squared, and is small for a decoder whose images hardly differ. `detour` has no unit:
/// 1 where the path is straight; paths whose ends have the same features do not count (NaN if none does):
/// those less apart than kFeatureRounding times the root of the points' mean squared norm.
///
/// `features`: P x (S + 1) x d of points at equal steps, both ends included, S >= 2, any floating type.
/// Throws std::invalid_argument for other shapes and for values that are infinite or not a number.
PathSmoothness path_smoothness(const torch::Tensor& features);

}  // namespace rraebench
