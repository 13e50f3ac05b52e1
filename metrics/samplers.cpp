#include "metrics/samplers.hpp"

#include "metrics/moments.hpp"
#include "metrics/tensors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <tuple>
#include <vector>

namespace rraebench {
namespace {

constexpr std::int64_t kMixtureRows = 2048;  // K x rows x k whitened values stay in the processor's cache.
constexpr int kLloydIterations = 10;
constexpr double kLogTwoPi = 1.8378770664093454836;

/// ... x k x k matrix A with A A^T = covariance. Eigenvalues that are rounding (of either sign) count as 0.
torch::Tensor square_root(const torch::Tensor& covariance) {
  const auto [eigenvalues, eigenvectors] = torch::linalg_eigh(covariance);
  const auto largest = eigenvalues.slice(-1, eigenvalues.size(-1) - 1);
  const double relative = static_cast<double>(covariance.size(-1)) * std::numeric_limits<double>::epsilon();
  const auto roots =
      torch::where(eigenvalues > relative * largest, eigenvalues, torch::zeros_like(eigenvalues)).sqrt();
  return eigenvectors * roots.unsqueeze(-2);
}

void check_count(std::int64_t count) {
  if (count < 0) throw std::invalid_argument(c10::str("cannot draw ", count, " samples"));
}

/// Affine map to columns of mean 0 and variance 1, so that one regularisation suits every column.
struct Standardisation {
  torch::Tensor offset;  // k
  torch::Tensor scale;   // k; 1 for a constant column.
};

Standardisation standardisation_of(const torch::Tensor& x) {
  const auto offset = x.mean(0);
  const auto deviation = x.std(0, /*unbiased=*/false);
  const auto varies = deviation > 1e-12 * x.abs().amax(0);
  return {offset, torch::where(varies, deviation, torch::ones_like(deviation))};
}

/// K components as expectation-maximisation works with them: density k is that of mean + factor y, y ~ N(0,
/// I).
struct Components {
  torch::Tensor log_weights;  // K
  torch::Tensor means;        // K x k
  torch::Tensor factors;      // K x k x k, lower triangular.
};

/// Sums over the samples of responsibility r times 1, y and y y^T, y a sample in its component's whitened
/// coordinates. There nothing cancels, however far from the origin or narrow a component is.
struct Sums {
  torch::Tensor zeroth;  // K
  torch::Tensor first;   // K x 1 x k
  torch::Tensor second;  // K x k x k
  double log_likelihood = 0.0;
};

enum class Assignment { kSoft, kHard };

Sums expectation(const torch::Tensor& x, const Components& components, Assignment assignment) {
  const auto count = components.means.size(0);
  const auto size = components.means.size(1);
  const auto identity = torch::eye(size, x.options()).expand({count, size, size});
  const auto whitening = torch::linalg_solve_triangular(components.factors, identity, /*upper=*/false)
                             .transpose(1, 2)
                             .contiguous();
  const auto shift = -torch::bmm(components.means.unsqueeze(1), whitening);  // K x 1 x k
  const auto log_determinant = components.factors.diagonal(0, 1, 2).log().sum(1);
  const auto log_constant =
      (components.log_weights - log_determinant - 0.5 * static_cast<double>(size) * kLogTwoPi).unsqueeze(1);

  Sums sums{torch::zeros({count}, x.options()), torch::zeros({count, 1, size}, x.options()),
            torch::zeros({count, size, size}, x.options())};
  for (const auto& rows : x.split(kMixtureRows)) {
    const auto y =
        torch::baddbmm(shift, rows.expand({count, rows.size(0), size}), whitening);  // K x rows x k
    const auto log_joint = log_constant - 0.5 * y.square().sum(2);                   // K x rows
    const auto log_density = log_joint.logsumexp(0);
    const auto responsibilities = assignment == Assignment::kSoft
                                      ? (log_joint - log_density).exp()
                                      : torch::one_hot(log_joint.argmax(0), count).t().to(x.scalar_type());
    sums.zeroth += responsibilities.sum(1);
    sums.first += torch::bmm(responsibilities.unsqueeze(1), y);
    sums.second += torch::bmm((y * responsibilities.unsqueeze(2)).transpose(1, 2), y);
    sums.log_likelihood += log_density.sum().item<double>();
  }
  return sums;
}

/// The maximising means and covariances, back in the coordinates of the samples; an empty component stays
/// where it is.
std::tuple<torch::Tensor, torch::Tensor> maximisation(const Components& components, const Sums& sums) {
  const auto weight = sums.zeroth.clamp_min(std::numeric_limits<double>::min()).view({-1, 1, 1});
  const auto shift = sums.first / weight;
  const auto spread = sums.second / weight - shift.transpose(1, 2) * shift;
  const auto means = components.means + torch::matmul(shift, components.factors.transpose(1, 2)).squeeze(1);
  const auto covariances =
      torch::matmul(torch::matmul(components.factors, spread), components.factors.transpose(1, 2));
  return {means, 0.5 * (covariances + covariances.transpose(1, 2))};
}

torch::Tensor regularised_factors(const torch::Tensor& covariances, double regularisation) {
  const auto diagonal = regularisation * torch::eye(covariances.size(-1), covariances.options());
  return torch::linalg_cholesky(covariances + diagonal);
}

/// Index drawn with probability proportional to `weights` (any number of them, not all 0).
std::int64_t draw_index(const torch::Tensor& weights, torch::Generator& generator) {
  const auto cumulative = weights.cumsum(0);
  const auto point = torch::rand({1}, generator, weights.options()) * cumulative[-1];
  const auto index = torch::searchsorted(cumulative, point, /*out_int32=*/false, /*right=*/true);
  return std::min(index.item<std::int64_t>(), weights.size(0) - 1);
}

/// K x k rows of `x`, each drawn with probability proportional to its squared distance from those before.
torch::Tensor kmeans_plus_plus(const torch::Tensor& x, std::int64_t components, torch::Generator& generator) {
  std::vector<torch::Tensor> centres{x[draw_index(torch::ones({x.size(0)}, x.options()), generator)]};
  auto distance = (x - centres.back()).square().sum(1);
  while (static_cast<std::int64_t>(centres.size()) < components) {
    const bool all_taken = distance.max().item<double>() == 0.0;  // Fewer distinct samples than components.
    centres.push_back(x[draw_index(all_taken ? torch::ones_like(distance) : distance, generator)]);
    distance = torch::minimum(distance, (x - centres.back()).square().sum(1));
  }
  return torch::stack(centres);
}

/// The components of the k-means clusters.
Components starting_components(const torch::Tensor& x, std::int64_t count, const MixtureOptions& options,
                               torch::Generator& generator) {
  const auto size = x.size(1);
  // k-means is hard expectation-maximisation with unit covariances and equal weights.
  Components clusters{torch::zeros({count}, x.options()), kmeans_plus_plus(x, count, generator),
                      torch::eye(size, x.options()).repeat({count, 1, 1})};
  Sums sums;
  torch::Tensor covariances;
  for (int i = 0; i < kLloydIterations; ++i) {
    sums = expectation(x, clusters, Assignment::kHard);
    std::tie(clusters.means, covariances) = maximisation(clusters, sums);
  }
  return {(sums.zeroth / sums.zeroth.sum()).log(), clusters.means,
          regularised_factors(covariances, options.regularisation)};
}

}  // namespace

UniformBox UniformBox::fit(const torch::Tensor& coefficients) {
  const auto samples = float64_matrix(coefficients, "coefficients");
  if (samples.size(0) < 1) throw std::invalid_argument("no coefficients to draw a box around");
  return {samples.amin(0), samples.amax(0)};
}

torch::Tensor UniformBox::sample(std::int64_t count, std::uint64_t seed) const {
  check_count(count);
  auto generator = seeded_generator(seed);
  const auto place = torch::rand({count, low.size(0)}, generator, low.options());
  return (low + place * (high - low)).to(torch::kFloat32);
}

GaussianFit GaussianFit::fit(const torch::Tensor& coefficients) {
  Moments moments;
  moments.add(coefficients);
  return {moments.mean, moments.covariance()};
}

torch::Tensor GaussianFit::sample(std::int64_t count, std::uint64_t seed) const {
  check_count(count);
  auto generator = seeded_generator(seed);
  const auto noise = torch::randn({count, mean.size(0)}, generator, mean.options());
  return torch::addmm(mean, noise, square_root(covariance).t()).to(torch::kFloat32);
}

GaussianMixture GaussianMixture::fit(const torch::Tensor& coefficients, std::int64_t components,
                                     std::uint64_t seed, const MixtureOptions& options) {
  const torch::NoGradGuard no_grad;
  const auto samples = float64_matrix(coefficients, "coefficients");
  if (components < 1 || samples.size(0) < components)
    throw std::invalid_argument(c10::str("a mixture of ", components, " components cannot be fitted to ",
                                         samples.size(0), " samples; it takes 1 to as many as samples"));
  if (options.max_iterations < 1 || !(options.tolerance >= 0.0) || !(options.regularisation > 0.0))
    throw std::invalid_argument(
        "Gaussian mixture: max_iterations must be 1 or more, tolerance 0 or more, regularisation above 0");
  const auto frame = standardisation_of(samples);
  const auto x = (samples - frame.offset) / frame.scale;
  auto generator = seeded_generator(seed);

  GaussianMixture mixture;
  auto current = starting_components(x, components, options, generator);
  auto previous = -std::numeric_limits<double>::infinity();
  while (mixture.iterations < options.max_iterations && !mixture.converged) {
    const auto sums = expectation(x, current, Assignment::kSoft);
    mixture.weights = sums.zeroth / sums.zeroth.sum();
    std::tie(mixture.means, mixture.covariances) = maximisation(current, sums);
    current = {mixture.weights.log(), mixture.means,
               regularised_factors(mixture.covariances, options.regularisation)};
    mixture.log_likelihood = sums.log_likelihood / static_cast<double>(x.size(0));
    mixture.converged = std::abs(mixture.log_likelihood - previous) < options.tolerance;
    previous = mixture.log_likelihood;
    ++mixture.iterations;
  }
  mixture.means = mixture.means * frame.scale + frame.offset;
  mixture.covariances = mixture.covariances * frame.scale.unsqueeze(1) * frame.scale;
  mixture.log_likelihood -= frame.scale.log().sum().item<double>();
  return mixture;
}

torch::Tensor GaussianMixture::sample(std::int64_t count, std::uint64_t seed) const {
  check_count(count);
  auto generator = seeded_generator(seed);
  const auto chosen = count == 0 ? torch::empty({0}, torch::kInt64)
                                 : torch::multinomial(weights, count, /*replacement=*/true, generator);
  auto drawn = torch::randn({count, means.size(1)}, generator, means.options());
  const auto factors = square_root(covariances);
  for (std::int64_t component = 0; component < weights.size(0); ++component) {
    const auto rows = torch::nonzero(chosen == component).squeeze(1);
    const auto noise = drawn.index_select(0, rows);
    drawn.index_copy_(0, rows, torch::addmm(means[component], noise, factors[component].t()));
  }
  return drawn.to(torch::kFloat32);
}

}  // namespace rraebench
