#pragma once
// Implements: measures of posterior collapse: KL per dimension, active units, (epsilon, delta)-collapse.
// q(z|x) = N(mean(x), diag exp(log_variance(x))), prior N(0, I). Rows are samples; any floating type, in
// float64. All throw std::invalid_argument for tensors of other shapes and for values that are infinite or
// not a number.

#include <torch/types.h>

#include <cstdint>

namespace rraebench {

/// The variance above which Burda et al. (2016) call a unit active.
constexpr double kActiveUnitThreshold = 0.01;

/// N x k: KL(q(z_d|x_n) || N(0, 1)) = (mean^2 + variance - log variance - 1) / 2, in nats
/// (Kingma & Welling 2014, appendix B).
torch::Tensor kl_per_sample(const torch::Tensor& mean, const torch::Tensor& log_variance);

/// k: mean of kl_per_sample over the samples; its sum is the total. N > 0.
torch::Tensor kl_per_dimension(const torch::Tensor& mean, const torch::Tensor& log_variance);

/// k: unbiased variance of each column of N x k coefficients, N >= 2. For a variational model pass the
/// posterior mean; for a deterministic one this asks the same question of its coefficients. For models whose
/// basis comes from an SVD, only coefficients in one fixed basis have a meaning here.
torch::Tensor coefficient_variance(const torch::Tensor& coefficients);

/// Number of columns whose coefficient_variance is above `threshold` (strictly).
std::int64_t active_units(const torch::Tensor& coefficients, double threshold = kActiveUnitThreshold);

/// The share of the largest variance up to which low_variance_fraction counts a dimension.
constexpr double kLowVarianceShare = 0.01;

/// Share of the dimensions whose coefficient_variance is at most `share` of the largest one's: collapse of a
/// deterministic model, whose coefficients have no prior and thus no scale of their own, so that an absolute
/// threshold would mean nothing. 1 where no dimension varies. k > 0, share in [0, 1).
double low_variance_fraction(const torch::Tensor& coefficients, double share = kLowVarianceShare);

/// Share of the dimensions d with P_n[kl[n, d] < epsilon] >= 1 - delta (Lucas et al. 2019, section 6.2).
/// `kl`: N x k from kl_per_sample, N and k > 0; epsilon > 0, delta in [0, 1).
double collapsed_fraction(const torch::Tensor& kl, double epsilon, double delta = 0.01);

}  // namespace rraebench
