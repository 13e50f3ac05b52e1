#include "reports/analysis/decimate.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rraebench {
namespace {

std::vector<std::size_t> all_indices(std::size_t count) {
  std::vector<std::size_t> indices(count);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

}  // namespace

std::vector<std::size_t> decimate_extremes(const std::vector<double>& values, std::size_t limit) {
  if (values.size() <= limit) return all_indices(values.size());
  const std::size_t inner = values.size() - 2;
  const std::size_t stretches = std::max<std::size_t>(1, (limit - 2) / 2);
  std::vector<std::size_t> kept = {0};
  for (std::size_t s = 0; s < stretches; ++s) {
    const auto begin = values.begin() + 1 + static_cast<std::ptrdiff_t>(inner * s / stretches);
    const auto end = values.begin() + 1 + static_cast<std::ptrdiff_t>(inner * (s + 1) / stretches);
    if (begin == end) continue;
    const auto [low, high] = std::minmax_element(begin, end);
    const auto a = static_cast<std::size_t>(low - values.begin());
    const auto b = static_cast<std::size_t>(high - values.begin());
    kept.push_back(std::min(a, b));
    if (a != b) kept.push_back(std::max(a, b));
  }
  kept.push_back(values.size() - 1);
  return kept;
}

std::vector<std::size_t> decimate_geometric(std::size_t count, std::size_t limit) {
  if (count <= limit) return all_indices(count);
  const std::size_t dense = std::max<std::size_t>(1, limit / 4);
  auto kept = all_indices(dense);
  const std::size_t sparse = limit - dense;
  const double ratio = static_cast<double>(count - 1) / static_cast<double>(dense);
  for (std::size_t i = 1; i <= sparse; ++i) {
    const double exponent = static_cast<double>(i) / static_cast<double>(sparse);
    const auto index =
        static_cast<std::size_t>(std::llround(static_cast<double>(dense) * std::pow(ratio, exponent)));
    if (index > kept.back()) kept.push_back(std::min(index, count - 1));
  }
  return kept;
}

}  // namespace rraebench
