#pragma once
// Implements: the relative L2 error of the RRAE papers, 100 ||X - Y||_F / ||X||_F, over a whole set.

#include <torch/types.h>

#include <cstdint>

namespace rraebench {

/// One ratio over all values added (Mounayer et al. 2024), not a mean of batch ratios; sums in float64.
class RelativeError {
 public:
  /// `reference` and `estimate`: the same shape, any floating type. Throws std::invalid_argument for
  /// different shapes and for values that are infinite or not a number; what was added before stays.
  void add(const torch::Tensor& reference, const torch::Tensor& estimate);

  /// In %. A reference of zeros alone gives 0 where the estimate is zero too, else +infinity.
  /// Throws std::invalid_argument if nothing was added.
  double percent() const;

  /// Whether every reference value added so far is 0, so that an error relative to it says nothing.
  bool reference_is_zero() const { return squared_reference_ == 0.0; }

 private:
  double squared_difference_ = 0.0;
  double squared_reference_ = 0.0;
  std::int64_t count_ = 0;
};

/// The error of a whole set at once, in %.
double relative_error_percent(const torch::Tensor& reference, const torch::Tensor& estimate);

}  // namespace rraebench
