#pragma once
// Implements: the Frechet distance between two Gaussians given by sample moments; of image features, FID.

#include "metrics/moments.hpp"

namespace rraebench {

/// ||m1 - m2||^2 + tr S1 + tr S2 - 2 tr (S1 S2)^(1/2), S unbiased (Dowson & Landau 1982; Heusel et al. 2017),
/// from one set of moments to others, with what the first contributes computed once.
///
/// S1 = A A^T by Cholesky's decomposition, or by the symmetric eigendecomposition where S1 is singular or
/// next to it; the trace is the sum of the square roots of the eigenvalues of A^T S2 A, which are those of S1
/// S2. Always real, and no multiple of the identity is added. A covariance of n samples has rank n - 1 at
/// most: A keeps that many columns and the sum that many eigenvalues, so that fewer samples than features
/// bring no rounding noise into the roots (the distance itself is then biased upward, by about (d^2 / 2 + 2.5
/// d) / n). Eigenvalues that rounding made negative count as 0; so does a distance negative by less than 1e-6
/// of the traces.
class FrechetReference {
 public:
  /// Throws std::invalid_argument for fewer than two samples.
  explicit FrechetReference(Moments moments);

  /// Throws std::invalid_argument if the feature counts differ, if `other` has fewer than two samples, or if
  /// the moments are not those of any real data (a scatter that is not positive semi-definite).
  double distance_to(const Moments& other) const;

  const Moments& moments() const { return moments_; }

 private:
  Moments moments_;
  torch::Tensor factor_;  // d x r, r = min(count - 1, d): covariance = factor factor^T.
  double trace_ = 0.0;    // Of the covariance.
};

/// The distance between two sets of moments, in either order, factoring the one with fewer samples. Throws as
/// FrechetReference does.
double frechet_distance(const Moments& first, const Moments& second);

}  // namespace rraebench
