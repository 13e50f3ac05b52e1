#pragma once
// Implements: the leading modes of a batch's latent matrix, basis and coefficients, with a stable gradient.

#include <torch/types.h>

#include <cstdint>

namespace rraebench {

/// The k leading terms of Y = C U^T.
struct LeadingModes {
  torch::Tensor coefficients;  // C = Y U: B x k; the papers' S_k V_k^T, transposed.
  torch::Tensor basis;         // U: L x k, orthonormal columns, by descending singular value.
};

/// The leading `rank` modes of `latent` (Y: B x L, any floating type); results have its type, the SVD is
/// taken in float64. Needs 1 <= rank <= min(B, L), otherwise std::invalid_argument.
///
/// Singular vectors have no sign of their own, so each column of U is turned to make its product with the
/// same column of `reference` (L x k) positive or, where `reference` is undefined or the product is zero, to
/// make its entry of largest magnitude positive.
///
/// Gradient, with incoming G_C and G_U, (s_i, u_i, v_i) the singular triplets and W = G_U + Y^T G_C:
///   G_C U^T + sum over kept i and all other modes j of F_ji (u_j^T w_i) (s_i v_i u_j^T + s_j v_j u_i^T)
///           + C S^-2 W^T (I - sum over modes u_j u_j^T),   F_ji = 1 / (s_i^2 - s_j^2),
/// the derivative of the eigenvectors of Y^T Y. Gaps and s_i^2 are guarded as x / (x^2 + (1e-6 s_1^2)^2): a
/// tie among the singular values leaves its term zero, where single modes have no derivative. A latent that
/// is not finite gives NaN and no exception.
LeadingModes leading_modes(const torch::Tensor& latent, std::int64_t rank,
                           const torch::Tensor& reference = {});

}  // namespace rraebench
