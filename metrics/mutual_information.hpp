#pragma once
// Implements: the mutual information between samples and their codes under a variational model's posterior.

#include <torch/types.h>

#include <cstdint>

namespace rraebench {

struct MutualInformation {
  double nats = 0.0;
  double limit = 0.0;  // log N: no estimate from N samples exceeds it, so one near it says "at least".
};

/// I(n; z) = KL(q(n, z) || q(n) q(z)) with q(z) = mean_n q(z|x_n), the aggregated posterior (Hoffman &
/// Johnson 2016), q(z|x_n) = N(mean_n, diag exp(log_variance_n)). Estimated as the mean of
///   log q(z|x_n) - log mean_m q(z|x_m),  z ~ q(z|x_n),  `draws` of them for each n,
/// with m over all N samples, n among them. Both terms take the same z: posteriors that are all equal give
/// exactly 0 and ones far apart exactly log N, where the first term in closed form would leave the noise of
/// the second. Of the information about the data set's N samples this is unbiased up to Monte Carlo noise;
/// about the distribution they come from it is a lower bound, never above log N.
///
/// N x k each, N > 0, any floating type, in float64; time N^2 k draws, memory N x k. The same seed gives the
/// same value. Throws std::invalid_argument for other shapes, for values that are infinite or not a number
/// and for fewer than one draw.
MutualInformation aggregated_mutual_information(const torch::Tensor& mean, const torch::Tensor& log_variance,
                                                std::uint64_t seed, std::int64_t draws = 1);

}  // namespace rraebench
