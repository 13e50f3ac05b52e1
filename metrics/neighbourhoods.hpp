#pragma once
// Implements: precision, recall, density and coverage of generated samples, by nearest neighbours in feature
// space.

#include <torch/types.h>

#include <cstdint>

namespace rraebench {

/// Whether a ball holds samples at exactly its radius: they decide where features repeat. Open is the rule of
/// Naeem et al.'s code (prdc), closed that of Kynkäänniemi et al.'s.
enum class Ball { kOpen, kClosed };

/// For every sample what the four measures average. The ball of a sample reaches to its k-th nearest
/// neighbour in its own set, itself not counted. All float64.
struct Neighbourhoods {
  torch::Tensor generated_within;     // M: 1 where the sample lies in the ball of some real sample, else 0.
  torch::Tensor generated_density;    // M: the number of real samples whose ball holds it, over k.
  torch::Tensor real_within;          // N: 1 where the sample lies in the ball of some generated one, else 0.
  torch::Tensor real_covered;         // N: 1 where its own ball holds some generated sample, else 0.
  std::int64_t real_points = 0;       // Samples whose ball has radius 0, having k exact copies in their set:
  std::int64_t generated_points = 0;  // an open ball of theirs holds nothing.

  // Precision and recall (Kynkäänniemi et al. 2019), density, which may exceed 1, and coverage (Naeem et al.
  // 2020, equations 5 and 6).
  double precision() const { return generated_within.mean().item<double>(); }
  double recall() const { return real_within.mean().item<double>(); }
  double density() const { return generated_density.mean().item<double>(); }
  double coverage() const { return real_covered.mean().item<double>(); }
};

/// `real`: N x d, `generated`: M x d, any floating type, in float64; N, M > k >= 1. Works through blocks of
/// 1024 x 1024 distances, so that memory grows with N + M alone, and through each pair of samples of one set
/// once. Distances come from matrix products of features about their mean; those too near a radius for the
/// products' rounding, or out of single precision's range, are computed anew from the differences in double
/// precision, so that equal distances compare as equal and neither offset nor unit of the features matters.
/// Throws std::invalid_argument for other shapes and for values that are infinite or not a number.
Neighbourhoods find_neighbourhoods(const torch::Tensor& real, const torch::Tensor& generated,
                                   std::int64_t k = 5, Ball ball = Ball::kOpen);

}  // namespace rraebench
