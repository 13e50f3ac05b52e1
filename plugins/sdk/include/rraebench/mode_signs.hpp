#pragma once
// Implements: signs for singular vectors, which have none of their own.

#include <torch/types.h>

namespace rraebench {

/// Flips the columns of `basis` (L x k) so that each one's entry of largest magnitude is positive.
torch::Tensor with_canonical_signs(const torch::Tensor& basis);

/// Flips them so that each one's product with the same column of `reference` (L x k, any floating type) is
/// positive; columns whose product is zero get their canonical sign.
torch::Tensor with_signs_of(const torch::Tensor& basis, const torch::Tensor& reference);

}  // namespace rraebench
