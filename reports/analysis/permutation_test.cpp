#include "reports/analysis/permutation_test.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace rraebench {
namespace {

double count_sign_changes(const std::vector<double>& differences) {
  double sum = 0.0;
  double size = 0.0;
  for (const double difference : differences) {
    sum += difference;
    size += std::abs(difference);
  }
  // Sums that are equal but for rounding count as equal.
  const double bar = std::abs(sum) - 1e-12 * size;
  const auto all = std::uint64_t{1} << differences.size();
  std::uint64_t as_far = 0;
  for (std::uint64_t signs = 0; signs < all; ++signs) {
    double changed = 0.0;
    for (std::size_t i = 0; i < differences.size(); ++i)
      changed += (signs >> i & 1U) != 0 ? differences[i] : -differences[i];
    if (std::abs(changed) >= bar) ++as_far;
  }
  return static_cast<double>(as_far) / static_cast<double>(all);
}

double signed_ranks(const std::vector<double>& differences) {
  std::vector<std::pair<double, bool>> sizes;  // And whether positive.
  for (const double difference : differences)
    if (difference != 0.0) sizes.emplace_back(std::abs(difference), difference > 0.0);
  if (sizes.empty()) return 1.0;
  std::sort(sizes.begin(), sizes.end());
  const auto n = static_cast<double>(sizes.size());
  double positive = 0.0;
  double ties = 0.0;
  for (std::size_t first = 0; first < sizes.size();) {
    std::size_t end = first;
    while (end < sizes.size() && sizes[end].first == sizes[first].first) ++end;
    const double rank = 0.5 * static_cast<double>(first + 1 + end);
    const auto count = static_cast<double>(end - first);
    ties += count * count * count - count;
    for (; first < end; ++first)
      if (sizes[first].second) positive += rank;
  }
  const double mean = n * (n + 1.0) / 4.0;
  const double variance = n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - ties / 48.0;
  if (!(variance > 0.0)) return 1.0;
  return std::erfc(std::abs(positive - mean) / std::sqrt(variance) / std::sqrt(2.0));
}

}  // namespace

double paired_permutation_test(const std::vector<double>& differences) {
  if (differences.empty()) return 1.0;
  return differences.size() <= kMostPermutedPairs ? count_sign_changes(differences)
                                                  : signed_ranks(differences);
}

double smallest_permutation_p(std::size_t pairs) {
  return std::ldexp(2.0, -static_cast<int>(std::min<std::size_t>(pairs, 60)));
}

}  // namespace rraebench
