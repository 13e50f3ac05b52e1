#include "host/common/feature_statistics.hpp"

#include "host/common/errors.hpp"

#include <algorithm>
#include <cmath>

namespace rraebench {
namespace {

bool all_finite(const NpzArray& array) {
  return std::all_of(array.values.begin(), array.values.end(), [](double v) { return std::isfinite(v); });
}

/// Not negative on the diagonal and, to single precision, in which some tools save, symmetric and with no
/// correlation above 1.
bool is_covariance(const NpzArray& sigma) {
  const auto size = static_cast<std::size_t>(sigma.shape[0]);
  double largest = 0.0;
  for (std::size_t i = 0; i < size; ++i) {
    if (sigma.values[i * size + i] < 0.0) return false;
    largest = std::max(largest, sigma.values[i * size + i]);
  }
  const double rounding = 1e-5 * largest;
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const double value = sigma.values[i * size + j];
      if (std::abs(value - sigma.values[j * size + i]) > rounding) return false;
      if (std::abs(value) > std::sqrt(sigma.values[i * size + i] * sigma.values[j * size + j]) + rounding)
        return false;
    }
  return true;
}

/// (sum of eigenvalues)^2 / (sum of their squares), which is no larger than the rank and needs none of them.
double least_rank(const NpzArray& sigma) {
  const auto size = static_cast<std::size_t>(sigma.shape[0]);
  double trace = 0.0;
  for (std::size_t i = 0; i < size; ++i) trace += sigma.values[i * size + i];
  double squares = 0.0;
  for (const double value : sigma.values) squares += value * value;
  return squares > 0.0 ? trace * trace / squares : 0.0;
}

}  // namespace

FeatureStatistics read_feature_statistics(const std::filesystem::path& file) {
  return feature_statistics_of(read_npz(file), file.string());
}

FeatureStatistics feature_statistics_of(NpzArrays arrays, const std::string& file) {
  const auto fail = [&](const std::string& what) { throw UserError(file + ": " + what); };
  const auto take = [&](const std::string& name) {
    const auto found = arrays.find(name);
    return found == arrays.end() ? NpzArray{} : std::move(found->second);
  };
  FeatureStatistics statistics;
  statistics.mu = take("mu");
  statistics.sigma = take("sigma");
  statistics.features = take("features");
  if (statistics.mu.values.empty() || statistics.sigma.values.empty())
    fail("holds no feature statistics; arrays 'mu' and 'sigma' are needed");
  const auto size = static_cast<std::int64_t>(statistics.mu.values.size());
  if (statistics.mu.shape != std::vector<std::int64_t>{size} ||
      statistics.sigma.shape != std::vector<std::int64_t>{size, size})
    fail("'mu' must be a vector and 'sigma' a square matrix of its size");
  if (!statistics.features.values.empty() &&
      (statistics.features.shape.size() != 2 || statistics.features.shape[1] != size))
    fail("'features' must have a column for each entry of 'mu'");
  if (!all_finite(statistics.mu) || !all_finite(statistics.sigma) || !all_finite(statistics.features))
    fail("some values are infinite or not a number");
  if (!is_covariance(statistics.sigma)) fail("'sigma' is no covariance matrix");
  if (const auto count = take("count"); !count.values.empty()) {
    if (count.values.size() != 1 || !(count.values[0] >= 2.0 && count.values[0] <= 1e15))
      fail("'count' must be one number of two samples or more");
    statistics.count = static_cast<std::int64_t>(count.values[0]);
    constexpr double kRounding = 1e-3;  // Far below the 1 that a sample more allows.
    if (const double rank = least_rank(statistics.sigma);
        rank * (1.0 - kRounding) > static_cast<double>(statistics.count - 1))
      fail("'count' is " + std::to_string(statistics.count) +
           ", but so few samples have no covariance like " + "'sigma', whose rank is " +
           std::to_string(static_cast<std::int64_t>(std::ceil(rank - kRounding))) + " or more");
  }
  if (const auto entropy = take("entropy"); entropy.values.size() == 1 && std::isfinite(entropy.values[0]))
    statistics.entropy = entropy.values[0];
  return statistics;
}

NpzArrays arrays_of(const FeatureStatistics& statistics) {
  NpzArrays arrays{{"mu", statistics.mu}, {"sigma", statistics.sigma}};
  if (statistics.count > 0) arrays["count"] = {{}, {static_cast<double>(statistics.count)}, false};
  if (!statistics.features.values.empty()) arrays["features"] = statistics.features;
  if (statistics.entropy) arrays["entropy"] = {{}, {*statistics.entropy}, false};
  return arrays;
}

void write_feature_statistics(const std::filesystem::path& file, const FeatureStatistics& statistics) {
  write_npz(file, arrays_of(statistics));
}

}  // namespace rraebench
