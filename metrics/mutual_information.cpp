#include "metrics/mutual_information.hpp"

#include "metrics/side_by_side.hpp"
#include "metrics/tensors.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

namespace rraebench {
namespace {

/// What the density of every posterior at a point needs, dimension by dimension, samples side by side.
struct Posteriors {
  torch::Tensor means;           // k x N
  torch::Tensor inverse_widths;  // k x N: 1 / sqrt(2 variance).
  torch::Tensor log_scales;      // N: -sum_d log variance / 2; the constant of 2 pi cancels.
  std::int64_t count;
  std::int64_t size;
};

/// log q(z|x_own) - log mean_m q(z|x_m). `densities`: room for N values.
double log_ratio(const Posteriors& q, const double* z, std::int64_t own, std::vector<double>& densities) {
  const auto* scales = q.log_scales.data_ptr<double>();
  std::copy(scales, scales + q.count, densities.begin());
  auto* values = densities.data();
  for (std::int64_t d = 0; d < q.size; ++d) {
    const auto* means = q.means.data_ptr<double>() + d * q.count;
    const auto* inverses = q.inverse_widths.data_ptr<double>() + d * q.count;
    for (std::int64_t m = 0; m < q.count; ++m) {
      const double ratio = (z[d] - means[m]) * inverses[m];  // Before it is squared: no overflow.
      values[m] -= ratio * ratio;
    }
  }
  const double largest = *std::max_element(densities.begin(), densities.end());
  constexpr double kVanishes = -50.0;  // e^-50 of the largest is lost in the sum's rounding, N times over.
  double sum = 0.0;
  for (const double value : densities)
    if (value - largest > kVanishes) sum += std::exp(value - largest);
  return values[own] - largest - std::log(sum / static_cast<double>(q.count));
}

}  // namespace

MutualInformation aggregated_mutual_information(const torch::Tensor& mean, const torch::Tensor& log_variance,
                                                std::uint64_t seed, std::int64_t draws) {
  const auto mu = float64_matrix(mean, "posterior mean").contiguous();
  const auto log_v = float64_matrix(log_variance, "posterior log variance");
  if (mu.sizes() != log_v.sizes() || mu.size(0) == 0)
    throw std::invalid_argument(c10::str("mutual information: expected two matrices of one shape, got ",
                                         mu.sizes(), " and ", log_v.sizes()));
  if (draws < 1)
    throw std::invalid_argument(c10::str("mutual information: ", draws, " draws; one is the least"));
  const Posteriors q{mu.t().contiguous(), (std::sqrt(0.5) * torch::exp(-0.5 * log_v)).t().contiguous(),
                     (-0.5 * log_v.sum(1)).contiguous(), mu.size(0), mu.size(1)};
  const auto deviation = torch::exp(0.5 * log_v);
  auto generator = seeded_generator(seed);
  double sum = 0.0;
  for (std::int64_t draw = 0; draw < draws; ++draw) {
    const auto z = mu + deviation * torch::randn(mu.sizes(), generator, torch::kFloat64);
    std::vector<double> ratios(static_cast<std::size_t>(q.count));
    side_by_side(at::get_num_threads(), q.count, 16, [&](std::int64_t begin, std::int64_t end) {
      std::vector<double> densities(static_cast<std::size_t>(q.count));
      for (std::int64_t n = begin; n < end; ++n)
        ratios[static_cast<std::size_t>(n)] = log_ratio(q, z.data_ptr<double>() + n * q.size, n, densities);
    });
    for (const double ratio : ratios) sum += ratio;  // In order: the same with any number of threads.
  }
  return {sum / static_cast<double>(q.count * draws), std::log(static_cast<double>(q.count))};
}

}  // namespace rraebench
