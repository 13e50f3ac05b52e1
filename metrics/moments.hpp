#pragma once
// Implements: the mean and covariance of a stream of feature vectors, in memory independent of their number.

#include <torch/types.h>

#include <cstdint>

namespace rraebench {

/// Count, mean and scatter of rows seen so far, in float64, merged by the pairwise update of Chan, Golub &
/// LeVeque (1979): exact to rounding in any chunking, also for a mean that is large against the spread. A
/// value: copies are independent.
struct Moments {
  std::int64_t count = 0;
  torch::Tensor mean;     // d, float64, CPU; undefined until the first row.
  torch::Tensor scatter;  // d x d: sum over rows of (x - mean)(x - mean)^T.

  /// `batch`: N x d, any floating type; N may be 0. Throws std::invalid_argument for another shape or another
  /// d than before, and for values that are infinite or not a number.
  void add(const torch::Tensor& batch);

  /// Throws std::invalid_argument if both have rows and d differs.
  void merge(const Moments& other);

  /// Unbiased (divided by count - 1), d x d, symmetric. Throws std::invalid_argument for fewer than two rows.
  torch::Tensor covariance() const;
};

Moments moments_of(const torch::Tensor& features);  // N x d.

}  // namespace rraebench
