#pragma once
// Implements: the truncated SVD of a batch's latent matrix as a layer with a stable gradient.

#include <torch/types.h>

#include <cstdint>

namespace rraebench {

/// The best approximation of rank `rank` to `latent` (Eckart-Young): U_k S_k V_k^T of latent = U S V^T.
///
/// latent: B x L, any floating type; the result has its shape and type. Needs 1 <= rank <= min(B, L),
/// otherwise std::invalid_argument.
///
/// Written as Y_k = P Y with P the projector on the k leading eigenvectors of the smaller Gram matrix M (Y
/// Y^T or, transposed, Y^T Y), taken in float64. With H = sym(G Y^T) for an incoming gradient G, and
/// (lambda_i, p_i) the eigenpairs of M, the exact gradient is
///   P G + 2 Q Y,  Q = sum over kept i and dropped j of (p_j^T H p_i) / (lambda_i - lambda_j) (p_j p_i^T +
///   p_i p_j^T),
/// which holds for equal and zero singular values on either side of the cut: only the gaps across it matter.
/// They are guarded as gap / (gap^2 + (1e-6 lambda_i)^2), which leaves a term of a tie across the cut zero,
/// where the truncation has no derivative. A latent that is not finite gives NaN and no exception.
torch::Tensor truncate_rank(const torch::Tensor& latent, std::int64_t rank);

}  // namespace rraebench
