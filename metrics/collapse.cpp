#include "metrics/collapse.hpp"

#include "metrics/tensors.hpp"

#include <limits>
#include <stdexcept>

namespace rraebench {

torch::Tensor kl_per_sample(const torch::Tensor& mean, const torch::Tensor& log_variance) {
  const auto mu = float64_matrix(mean, "posterior mean");
  const auto log_v = float64_matrix(log_variance, "posterior log variance");
  if (mu.sizes() != log_v.sizes())
    throw std::invalid_argument(
        c10::str("posterior: the mean has shape ", mu.sizes(), ", the log variance ", log_v.sizes()));
  // expm1 keeps the digits of a nearly collapsed dimension, where variance - log variance - 1 cancels.
  return 0.5 * (mu.square() + torch::expm1(log_v) - log_v);
}

torch::Tensor kl_per_dimension(const torch::Tensor& mean, const torch::Tensor& log_variance) {
  const auto kl = kl_per_sample(mean, log_variance);
  if (kl.size(0) == 0) throw std::invalid_argument("posterior: no samples");
  return kl.mean(0);
}

torch::Tensor coefficient_variance(const torch::Tensor& coefficients) {
  const auto values = float64_matrix(coefficients, "coefficients");
  if (values.size(0) < 2)
    throw std::invalid_argument(
        c10::str("coefficients: a variance needs two or more samples, got ", values.size(0)));
  return values.var(0, /*unbiased=*/true);
}

std::int64_t active_units(const torch::Tensor& coefficients, double threshold) {
  return (coefficient_variance(coefficients) > threshold).sum().item<std::int64_t>();
}

double low_variance_fraction(const torch::Tensor& coefficients, double share) {
  const auto variance = coefficient_variance(coefficients);
  if (variance.numel() == 0 || !(share >= 0.0 && share < 1.0))
    throw std::invalid_argument(c10::str("low-variance fraction: share ", share, " of the variance of ",
                                         variance.numel(),
                                         " dimensions; needs a dimension and a share in [0, 1)"));
  return (variance <= share * variance.max()).to(torch::kFloat64).mean().item<double>();
}

double collapsed_fraction(const torch::Tensor& kl, double epsilon, double delta) {
  // One that is infinite exceeds every epsilon.
  const auto values = float64_matrix(
      kl.is_floating_point()
          ? kl.to(torch::kFloat64).masked_fill(torch::isposinf(kl), std::numeric_limits<double>::max())
          : kl,
      "KL per sample");
  if (values.numel() == 0) throw std::invalid_argument("KL per sample: no values");
  if (!(epsilon > 0.0) || !(delta >= 0.0 && delta < 1.0))
    throw std::invalid_argument(c10::str("collapsed fraction: epsilon ", epsilon, " and delta ", delta,
                                         " given; epsilon must be above 0 and delta in [0, 1)"));
  // Counted, with a tolerance for the product's rounding: 1 sample of 100 is within delta 0.01.
  const double allowed = delta * static_cast<double>(values.size(0)) * (1.0 + 1e-12);
  const auto exceeding = (values >= epsilon).sum(0);
  return (exceeding <= allowed).to(torch::kFloat64).mean().item<double>();
}

}  // namespace rraebench
