#include "datasets/dataset.hpp"

#include <cmath>
#include <stdexcept>

namespace rraebench {
namespace {

constexpr double kByteMaximum = 255.0;

torch::Tensor as_values(const torch::Tensor& rows) {
  if (rows.scalar_type() == torch::kFloat32) return rows;
  if (rows.scalar_type() == torch::kUInt8) return rows.to(torch::kFloat32).div_(kByteMaximum);
  throw std::invalid_argument("samples must be float32 or uint8");
}

template <typename Stored>
Normalisation standardisation_of(const torch::Tensor& samples, double unit) {
  const Stored* values = samples.data_ptr<Stored>();
  const auto count = samples.numel();
  double sum = 0.0;
  for (std::int64_t i = 0; i < count; ++i) sum += values[i];
  const double mean = sum / static_cast<double>(count);
  double squares = 0.0;
  for (std::int64_t i = 0; i < count; ++i) squares += (values[i] - mean) * (values[i] - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(count));
  return {mean * unit, deviation > 0.0 ? deviation * unit : 1.0};
}

}  // namespace

torch::Tensor gather_samples(const torch::Tensor& samples, const torch::Tensor& indices) {
  return as_values(samples.index_select(0, indices));
}

torch::Tensor to_values(const torch::Tensor& samples) {
  return as_values(samples);
}

Normalisation standardisation(const torch::Tensor& samples) {
  if (samples.numel() == 0) throw std::invalid_argument("no samples to standardise");
  const torch::Tensor dense = samples.contiguous();
  if (dense.scalar_type() == torch::kUInt8)
    return standardisation_of<std::uint8_t>(dense, 1.0 / kByteMaximum);
  if (dense.scalar_type() == torch::kFloat32) return standardisation_of<float>(dense, 1.0);
  throw std::invalid_argument("samples must be float32 or uint8");
}

torch::Tensor normalise(const torch::Tensor& values, const Normalisation& normalisation) {
  return (values - normalisation.offset) / normalisation.scale;
}

torch::Tensor denormalise(const torch::Tensor& normalised, const Normalisation& normalisation) {
  return normalised * normalisation.scale + normalisation.offset;
}

}  // namespace rraebench
