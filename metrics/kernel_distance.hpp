#pragma once
// Implements: the kernel distance between two sets of features, a squared maximum mean discrepancy; of image
// features, KID.

#include <torch/types.h>

#include <cstdint>

namespace rraebench {

/// Unbiased estimate of the squared maximum mean discrepancy under k(x, y) = (x.y / d + 1)^3 (Gretton et al.
/// 2012, lemma 6; the kernel of Binkowski et al. 2018):
///   sum_{i != j} k(x_i, x_j) / (n (n - 1)) + sum_{i != j} k(y_i, y_j) / (m (m - 1)) - 2 mean_ij k(x_i, y_j).
/// `first`: n x d, `second`: m x d, n and m >= 2, any floating type, in float64; memory for 1024 x max(n, m)
/// values. May be negative where the sets are alike. Throws std::invalid_argument for other shapes and for
/// values that are infinite or not a number.
double kernel_distance(const torch::Tensor& first, const torch::Tensor& second);

/// The defaults of the authors' code and of the common tools.
struct KernelSubsets {
  std::int64_t count = 100;
  std::int64_t size = 1000;
  std::uint64_t seed = 0;
};

struct SubsetDistance {
  double mean = 0.0;
  double deviation = 0.0;  // Over the subsets, divided by their count (NumPy's default).
};

/// KID (Binkowski et al. 2018): kernel_distance of `size` random rows of either set, drawn without
/// replacement, over `count` such draws. The same seed gives the same draws; the global generator is not
/// touched. Throws std::invalid_argument as kernel_distance does and where a set has fewer than `size` rows:
/// the value depends on `size` only through its noise, but a smaller one must be asked for.
SubsetDistance kernel_distance_over_subsets(const torch::Tensor& first, const torch::Tensor& second,
                                            const KernelSubsets& subsets = {});

}  // namespace rraebench
