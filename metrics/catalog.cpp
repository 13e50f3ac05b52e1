#include "metrics/catalog.hpp"

#include <stdexcept>

namespace rraebench {

const std::vector<MetricDescription>& metric_catalog() {
  static const std::vector<MetricDescription> catalog = {
      {"seconds_per_100_steps",
       {"train"},
       "s",
       "lower",
       "time of training per 100 optimiser steps; the only figure that differs from run to run",
       "Mounayer et al. 2024 (RRAE), table 2"},
      {"relative_error",
       {"reconstruct", "interpolate"},
       "%",
       "lower",
       "100 ||X - Y||_F / ||X||_F over the whole set: one ratio, not a mean of batch ratios",
       "Mounayer et al. 2024 (RRAE)"},
      {"fid",
       {"interpolate", "generate"},
       "",
       "lower",
       "||m1 - m2||^2 + tr S1 + tr S2 - 2 tr (S1 S2)^(1/2) of the features' means and unbiased covariances",
       "Heusel et al. 2017"},
      {"entropy",
       {"interpolate", "generate"},
       "nats",
       "lower",
       "mean over images of -sum_c p_c log p_c, p from a small classifier of the data set's labels",
       "Mounayer et al. 2024 (RRAE), MNIST interpolation"},
      {"real_entropy",
       {"interpolate", "generate"},
       "nats",
       "",
       "entropy of the real images under the same classifier: the reference beside entropy",
       "reference for entropy"},
      {"active_units",
       {"collapse"},
       "",
       "",
       "number of dimensions whose posterior mean (or coefficient) has unbiased variance > 0.01 over the "
       "data",
       "Burda et al. 2016"},
      {"active_unit_fraction", {"collapse"}, "", "higher", "active_units / k", "Burda et al. 2016"},
      {"kl_total",
       {"collapse"},
       "nats",
       "",
       "mean over samples of sum_d (mu_d^2 + sigma_d^2 - log sigma_d^2 - 1) / 2",
       "Kingma & Welling 2014, appendix B"},
      {"collapsed_fraction",
       {"collapse"},
       "",
       "lower",
       "share of dimensions d with P_x[KL_d(x) < epsilon] >= 1 - delta",
       "Lucas et al. 2019, section 6.2"},
      {"numerical_rank",
       {"rank"},
       "",
       "",
       "number of singular values > 1e-3 sigma_1 of the centred latent matrix",
       "Golub & Van Loan, Matrix Computations, 5.4"},
      {"effective_rank",
       {"rank"},
       "",
       "",
       "exp(-sum_i p_i log p_i), p_i = sigma_i / sum sigma, of the centred latent matrix",
       "Roy & Vetterli 2007"},
      {"stable_rank",
       {"rank"},
       "",
       "",
       "sum sigma_i^2 / sigma_1^2 of the centred latent matrix",
       "Rudelson & Vershynin 2007"},
      {"participation_ratio",
       {"rank"},
       "",
       "",
       "(sum sigma_i^2)^2 / sum sigma_i^4 of the centred latent matrix",
       "Gao et al. 2017"},
      {"energy_captured",
       {"rank"},
       "",
       "",
       "sum of the first k sigma_i^2 / sum of all sigma_i^2 of the centred latent matrix",
       "Eckart & Young 1936"},
  };
  return catalog;
}

const MetricDescription& metric_description(const std::string& name) {
  std::string known;
  for (const auto& metric : metric_catalog()) {
    if (name == metric.name) return metric;
    known += (known.empty() ? "" : ", ") + std::string(metric.name);
  }
  throw std::invalid_argument("no metric is called '" + name + "'; known: " + known);
}

}  // namespace rraebench
