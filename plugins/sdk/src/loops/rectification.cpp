#include "rectification.hpp"

#include "parts.hpp"
#include "upper_half.hpp"

#include <algorithm>
#include <vector>

namespace rraebench::loops {
namespace {

constexpr std::int64_t kLane = 64;  // Values that a vector loop should have at least.

/// Blocks of whole rows, `block` values each, with the bias repeated to a block.
template <typename Scalar, typename Sum>
inline void rectify_part(Scalar* __restrict values, const Sum* __restrict bias, std::int64_t blocks,
                         std::int64_t block) {
  for (std::int64_t b = 0; b < blocks; ++b, values += block)
    for (std::int64_t i = 0; i < block; ++i) {
      const Sum value = widened(values[i]) + bias[i];
      assign(values[i], value > 0 ? value : (value == value ? Sum(0) : value));
    }
}

template <typename Scalar, typename Sum>
inline void mask_part(const Scalar* __restrict upstream, const Scalar* __restrict output,
                      Scalar* __restrict masked, Sum* __restrict sums, std::int64_t blocks,
                      std::int64_t block) {
  for (std::int64_t b = 0; b < blocks; ++b, upstream += block, output += block, masked += block)
    for (std::int64_t i = 0; i < block; ++i) {
      const Sum value = widened(output[i]) > 0 ? widened(upstream[i]) : Sum(0);
      assign(masked[i], value);
      sums[i] += value;
    }
}

// NOLINTBEGIN(bugprone-macro-parentheses): types
#define RRAEBENCH_INSTANTIATE(Scalar, Sum)                                                               \
  RRAEBENCH_WIDE void rectify_wide(Scalar* values, const Sum* bias, std::int64_t blocks,                 \
                                   std::int64_t block) {                                                 \
    rectify_part(values, bias, blocks, block);                                                           \
  }                                                                                                      \
  RRAEBENCH_WIDE void mask_wide(const Scalar* upstream, const Scalar* output, Scalar* masked, Sum* sums, \
                                std::int64_t blocks, std::int64_t block) {                               \
    mask_part(upstream, output, masked, sums, blocks, block);                                            \
  }
// NOLINTEND(bugprone-macro-parentheses)
RRAEBENCH_INSTANTIATE(float, float)
RRAEBENCH_INSTANTIATE(double, double)
RRAEBENCH_INSTANTIATE(UpperHalf, float)
#undef RRAEBENCH_INSTANTIATE

/// Rows side by side that make a block long enough for a vector loop.
std::int64_t rows_of_block(std::int64_t channels) {
  return (kLane + channels - 1) / channels;
}

std::int64_t rows_of_part(std::int64_t channels) {
  const auto block_rows = rows_of_block(channels);
  return std::max<std::int64_t>(1, kPart / (channels * block_rows)) * block_rows;
}

}  // namespace

template <typename Scalar, typename Sum>
void add_bias_and_rectify(Scalar* values, const Sum* bias, std::int64_t rows, std::int64_t channels) {
  const auto block_rows = rows_of_block(channels);
  const auto block = block_rows * channels;
  std::vector<Sum> repeated(static_cast<std::size_t>(block));
  for (std::int64_t i = 0; i < block; ++i) repeated[i] = bias[i % channels];
  const auto part_rows = rows_of_part(channels);
  for_each_part(parts_of(rows, part_rows), [&](std::int64_t part) {
    const auto begin = part * part_rows;
    const auto count = std::min(part_rows, rows - begin);
    auto* first = values + begin * channels;
    const auto blocks = count / block_rows;
    rectify_wide(first, repeated.data(), blocks, block);
    rectify_wide(first + blocks * block, repeated.data(), count - blocks * block_rows, channels);
  });
}

template <typename Scalar, typename Sum>
void rectified_gradient(const Scalar* upstream, const Scalar* output, Scalar* masked, Sum* sums,
                        std::int64_t rows, std::int64_t channels) {
  const auto block_rows = rows_of_block(channels);
  const auto block = block_rows * channels;
  const auto part_rows = rows_of_part(channels);
  const auto parts = parts_of(rows, part_rows);
  std::vector<Sum> sums_of_parts(static_cast<std::size_t>(parts * block), Sum(0));
  for_each_part(parts, [&](std::int64_t part) {
    const auto begin = part * part_rows;
    const auto count = std::min(part_rows, rows - begin);
    const auto blocks = count / block_rows;
    const auto at = begin * channels;
    auto* own = sums_of_parts.data() + part * block;
    mask_wide(upstream + at, output + at, masked + at, own, blocks, block);
    const auto rest = at + blocks * block;
    mask_wide(upstream + rest, output + rest, masked + rest, own, count - blocks * block_rows, channels);
  });
  for (std::int64_t channel = 0; channel < channels; ++channel) {
    double sum = 0.0;
    for (auto i = channel; i < parts * block; i += channels) sum += static_cast<double>(sums_of_parts[i]);
    sums[channel] = static_cast<Sum>(sum);
  }
}

template void add_bias_and_rectify(float*, const float*, std::int64_t, std::int64_t);
template void add_bias_and_rectify(double*, const double*, std::int64_t, std::int64_t);
template void add_bias_and_rectify(UpperHalf*, const float*, std::int64_t, std::int64_t);
template void rectified_gradient(const float*, const float*, float*, float*, std::int64_t, std::int64_t);
template void rectified_gradient(const double*, const double*, double*, double*, std::int64_t, std::int64_t);
template void rectified_gradient(const UpperHalf*, const UpperHalf*, UpperHalf*, float*, std::int64_t,
                                 std::int64_t);

}  // namespace rraebench::loops
