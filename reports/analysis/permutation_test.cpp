#include "reports/analysis/permutation_test.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>

namespace rraebench {
namespace {

/// A part of the differences and the rest of them.
struct Division {
  double part = 0.0;  // Sums.
  double rest = 0.0;
  std::size_t size = 0;  // Of the part.
};

/// Every other way to part the differences in two, each once, or as many random ones.
template <typename Take>
std::size_t for_each_division(const std::vector<double>& differences, Take take) {
  const auto n = differences.size();
  const auto divide = [&](auto is_in_part) {
    Division division;
    for (std::size_t i = 0; i < n; ++i) {
      const bool in_part = is_in_part(i);
      (in_part ? division.part : division.rest) += differences[i];
      if (in_part) ++division.size;
    }
    take(division);
  };
  if (n <= kMostPermutedPairs) {
    const auto count = std::uint32_t{1} << (n - 1);
    for (std::uint32_t bits = 1; bits < count; ++bits)
      divide([bits](std::size_t i) { return (bits >> i & 1U) != 0; });
    return count - 1;
  }
  std::mt19937_64 generator;  // Its default seed: the same data give the same figures.
  for (std::size_t draw = 0; draw < kDrawnSigns; ++draw) {
    std::uint64_t bits = 0;
    divide([&](std::size_t i) {
      if (i % 64 == 0) bits = generator();
      return (bits >> i % 64 & 1U) != 0;
    });
  }
  return kDrawnSigns;
}

}  // namespace

double paired_permutation_test(const std::vector<double>& differences) {
  if (differences.empty()) return 1.0;
  double sum = 0.0;
  double size = 0.0;
  for (const double difference : differences) {
    sum += difference;
    size += std::abs(difference);
  }
  // Sums that are equal but for rounding count as equal.
  const double bar = std::abs(sum) - 1e-12 * size;
  std::size_t as_far = 1;  // They themselves.
  const auto others = for_each_division(differences, [&](const Division& division) {
    if (std::abs(division.part - division.rest) >= bar) ++as_far;
  });
  return static_cast<double>(as_far) / static_cast<double>(others + 1);
}

double smallest_permutation_p(std::size_t pairs) {
  return pairs <= kMostPermutedPairs ? std::ldexp(2.0, -static_cast<int>(pairs))
                                     : 1.0 / static_cast<double>(kDrawnSigns + 1);
}

PermutationInterval paired_permutation_interval(const std::vector<double>& differences, double confidence) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (differences.empty()) return {-kInfinity, kInfinity};
  std::vector<double> lower_means;
  std::vector<double> upper_means;
  const auto n = differences.size();
  const auto others = for_each_division(differences, [&](const Division& division) {
    if (division.size == 0 || division.size == n) {  // Among random ones: rejects no mean.
      lower_means.push_back(-kInfinity);
      upper_means.push_back(kInfinity);
      return;
    }
    const double part = division.part / static_cast<double>(division.size);
    const double rest = division.rest / static_cast<double>(n - division.size);
    lower_means.push_back(std::min(part, rest));
    upper_means.push_back(std::max(part, rest));
  });
  // Of a mean below the differences' own, as far are those divisions whose lower mean is not above it.
  const auto needed = static_cast<std::size_t>((1.0 - confidence) * static_cast<double>(others + 1));
  if (needed == 0) return {-kInfinity, kInfinity};
  const auto place = static_cast<std::ptrdiff_t>(needed - 1);
  std::nth_element(lower_means.begin(), lower_means.begin() + place, lower_means.end());
  std::nth_element(upper_means.begin(), upper_means.begin() + place, upper_means.end(), std::greater<>());
  return {lower_means[needed - 1], upper_means[needed - 1]};
}

}  // namespace rraebench
