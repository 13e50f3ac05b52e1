#pragma once
// Implements: the nuclear norm with a gradient that stays finite where singular values are equal or zero.

#include <torch/types.h>

namespace rraebench {

/// Sum of the singular values of `matrix` (m x n, any floating type); scalar of its type.
///
/// The gradient is the subgradient P Q^T of smallest norm (Watson 1992, Linear Algebra and its Applications
/// 170): P S Q^T is the SVD over the singular values above the numerical rank's tolerance, max(m, n) * eps *
/// the largest. A matrix that is not finite gives NaN and no exception.
torch::Tensor stable_nuclear_norm(const torch::Tensor& matrix);

}  // namespace rraebench
