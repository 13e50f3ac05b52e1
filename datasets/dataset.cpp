#include "datasets/dataset.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace rraebench {
namespace {

constexpr double kByteMaximum = 255.0;

torch::Tensor as_values(const torch::Tensor& rows) {
  if (rows.scalar_type() == torch::kFloat32 || rows.scalar_type() == torch::kFloat64) return rows;
  if (rows.scalar_type() == torch::kUInt8) return rows.to(torch::kFloat32).div_(kByteMaximum);
  throw std::invalid_argument("samples must be float32, float64 or uint8");
}

constexpr std::int64_t kValuesPerBlock = std::int64_t{1} << 20;
constexpr std::int64_t kByteValues = 256;
constexpr std::int64_t kBytesPerTask = std::int64_t{1} << 15;

template <typename Value>
Normalisation standardisation_of_floats(const torch::Tensor& samples) {
  const Value* values = samples.data_ptr<Value>();
  const auto count = samples.numel();
  // Of equal values the sum's rounding would leave a deviation.
  const auto [least, greatest] = std::minmax_element(values, values + count);
  if (*least == *greatest) return {*least, 1.0, samples.scalar_type()};
  double sum = 0.0;
  for (std::int64_t i = 0; i < count; ++i) sum += values[i];
  const double mean = sum / static_cast<double>(count);
  double squares = 0.0;
  for (std::int64_t i = 0; i < count; ++i) squares += (values[i] - mean) * (values[i] - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(count));
  return {mean, deviation > 0.0 ? deviation : 1.0, samples.scalar_type()};
}

/// By counts of the 256 values, so that it takes one pass over data that may be larger than memory.
Normalisation standardisation_of_bytes(const torch::Tensor& samples) {
  const std::uint8_t* values = samples.data_ptr<std::uint8_t>();
  std::array<std::int64_t, kByteValues> counts{};
  for (std::int64_t i = 0; i < samples.numel(); ++i) ++counts[values[i]];
  const auto count = static_cast<double>(samples.numel());
  double sum = 0.0;
  for (std::size_t value = 0; value < counts.size(); ++value)
    sum += static_cast<double>(value) * static_cast<double>(counts[value]);
  const double mean = sum / count;
  double squares = 0.0;
  for (std::size_t value = 0; value < counts.size(); ++value)
    squares += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean) *
               static_cast<double>(counts[value]);
  const double deviation = std::sqrt(squares / count);
  return {mean / kByteMaximum, deviation > 0.0 ? deviation / kByteMaximum : 1.0};
}

}  // namespace

torch::Tensor gather_samples(const torch::Tensor& samples, const torch::Tensor& indices) {
  return as_values(samples.index_select(0, indices));
}

torch::Tensor to_values(const torch::Tensor& samples) {
  return as_values(samples);
}

torch::Tensor gather_normalised(const torch::Tensor& samples, const torch::Tensor& indices,
                                const Normalisation& normalisation) {
  if (samples.scalar_type() != torch::kUInt8 || !samples.is_contiguous())
    throw std::invalid_argument("samples must be contiguous uint8");
  // Every byte has one normalised value: looked up, it costs one pass instead of one for each operation.
  const auto table = normalise(as_values(torch::arange(kByteValues, torch::kUInt8)), normalisation);
  const float* value_of = table.data_ptr<float>();
  auto shape = samples.sizes().vec();
  shape[0] = indices.size(0);
  auto values = torch::empty(shape, torch::kFloat32);
  const auto rows = indices.contiguous();
  const std::int64_t* row = rows.data_ptr<std::int64_t>();
  const auto size = samples.numel() / std::max<std::int64_t>(samples.size(0), 1);
  for (std::int64_t n = 0; n < rows.numel(); ++n)
    if (row[n] < 0 || row[n] >= samples.size(0))
      throw std::out_of_range("sample " + std::to_string(row[n]) + " of " + std::to_string(samples.size(0)));
  const std::uint8_t* bytes = samples.data_ptr<std::uint8_t>();
  float* out = values.data_ptr<float>();
  const auto rows_per_task = std::max<std::int64_t>(1, kBytesPerTask / std::max<std::int64_t>(size, 1));
  at::parallel_for(0, rows.numel(), rows_per_task, [&](std::int64_t first, std::int64_t last) {
    for (auto n = first; n < last; ++n) {
      const std::uint8_t* from = bytes + row[n] * size;
      float* to = out + n * size;
      for (std::int64_t i = 0; i < size; ++i) to[i] = value_of[from[i]];
    }
  });
  return values;
}

Normalisation standardisation(const torch::Tensor& samples) {
  if (samples.numel() == 0) throw std::invalid_argument("no samples to standardise");
  const torch::Tensor dense = samples.contiguous();
  if (dense.scalar_type() == torch::kUInt8) return standardisation_of_bytes(dense);
  if (dense.scalar_type() == torch::kFloat32) return standardisation_of_floats<float>(dense);
  if (dense.scalar_type() == torch::kFloat64) return standardisation_of_floats<double>(dense);
  throw std::invalid_argument("samples must be float32, float64 or uint8");
}

torch::Tensor normalise(const torch::Tensor& values, const Normalisation& normalisation) {
  auto normalised = torch::empty(values.sizes(), values.options().dtype(torch::kFloat32));
  // A block at a time, since doubles of a large set would take twice its memory.
  const auto rows = values.size(0);
  const auto rows_per_block =
      std::max<std::int64_t>(1, kValuesPerBlock * rows / std::max<std::int64_t>(values.numel(), 1));
  for (std::int64_t first = 0; first < rows; first += rows_per_block) {
    const auto last = std::min(first + rows_per_block, rows);
    normalised.slice(0, first, last)
        .copy_((values.slice(0, first, last).to(torch::kFloat64) - normalisation.offset)
                   .div_(normalisation.scale));
  }
  return normalised;
}

torch::Tensor denormalise(const torch::Tensor& normalised, const Normalisation& normalisation) {
  return (normalised.to(torch::kFloat64) * normalisation.scale)
      .add_(normalisation.offset)
      .to(normalisation.value_type);
}

}  // namespace rraebench
