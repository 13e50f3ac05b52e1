#pragma once
// Implements: the Frechet distance between two Gaussians given by sample moments; of image features, FID.

#include "metrics/moments.hpp"

namespace rraebench {

/// ||m1 - m2||^2 + tr S1 + tr S2 - 2 tr (S1 S2)^(1/2), S unbiased (Dowson & Landau 1982; Heusel et al. 2017).
///
/// S1 = A A^T by a symmetric eigendecomposition of the covariance with fewer samples; the trace is the sum of
/// the square roots of the eigenvalues of A^T S2 A, which are those of S1 S2. Always real, and no multiple of
/// the identity is added. A covariance of n samples has rank n - 1 at most: A keeps only that many columns,
/// so that fewer samples than features cost less and bring no rounding noise into the roots (the distance
/// itself is then biased upward, by about (d^2 / 2 + 2.5 d) / n). Eigenvalues that rounding made negative
/// count as 0; so does a distance negative by less than 1e-6 of the traces.
///
/// Throws std::invalid_argument if the feature counts differ, if either has fewer than two samples, or if the
/// moments are not those of any real data (a scatter that is not positive semi-definite).
double frechet_distance(const Moments& first, const Moments& second);

}  // namespace rraebench
