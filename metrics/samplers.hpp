#pragma once
// Implements: densities fitted to a model's training coefficients, from which new ones are drawn.

#include <torch/types.h>

#include <cstdint>

namespace rraebench {

/// The smallest box with sides along the axes that holds the coefficients.
struct UniformBox {
  torch::Tensor low;   // k, float64.
  torch::Tensor high;  // k, float64.

  /// `coefficients`: N x k, any floating type, finite, N >= 1; else throws std::invalid_argument.
  static UniformBox fit(const torch::Tensor& coefficients);

  /// count x k, float32, independent and uniform along each axis. The same seed gives the same samples; the
  /// global generator is not touched.
  torch::Tensor sample(std::int64_t count, std::uint64_t seed) const;
};

/// One Gaussian with full covariance.
struct GaussianFit {
  torch::Tensor mean;        // k, float64.
  torch::Tensor covariance;  // k x k, float64, unbiased.

  /// `coefficients`: N x k, any floating type, finite, N >= 2; else throws std::invalid_argument.
  static GaussianFit fit(const torch::Tensor& coefficients);

  /// count x k, float32. Drawn through the covariance's eigendecomposition, so that a rank-deficient one is
  /// fine and its samples stay in its span. The same seed gives the same samples; the global generator is not
  /// touched.
  torch::Tensor sample(std::int64_t count, std::uint64_t seed) const;
};

/// How expectation-maximisation ends and what keeps it stable. The defaults are scikit-learn's.
struct MixtureOptions {
  std::int64_t max_iterations = 100;
  double tolerance = 1e-3;       // Stop when the mean log-likelihood of a sample, in nats, changes by less.
  double regularisation = 1e-6;  // Added to the diagonal of a component's covariance, in units of each
                                 // column's variance, where densities are evaluated.
};

/// K Gaussians with full covariances, fitted by expectation-maximisation (Dempster et al. 1977) from a start
/// by k-means++ (Arthur & Vassilvitskii 2007) and ten Lloyd iterations; one start, no restarts.
struct GaussianMixture {
  torch::Tensor weights;        // K, float64, sum 1. A component that lost all its samples has weight 0.
  torch::Tensor means;          // K x k.
  torch::Tensor covariances;    // K x k x k, maximum likelihood (divided by the component's weight), without
                                // the regularisation: with K = 1, exactly the (biased) sample covariance.
  double log_likelihood = 0.0;  // Mean over the samples, in nats, before the last update.
  std::int64_t iterations = 0;
  bool converged = false;

  /// `coefficients`: N x k, any floating type, finite. Throws std::invalid_argument if there are fewer
  /// samples than components. The same seed gives the same fit; the global generator is not touched.
  static GaussianMixture fit(const torch::Tensor& coefficients, std::int64_t components, std::uint64_t seed,
                             const MixtureOptions& options = {});

  /// count x k, float32, in random order of components. As GaussianFit::sample for each component.
  torch::Tensor sample(std::int64_t count, std::uint64_t seed) const;
};

}  // namespace rraebench
