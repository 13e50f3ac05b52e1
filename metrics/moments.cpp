#include "metrics/moments.hpp"

#include "metrics/tensors.hpp"

#include <stdexcept>

namespace rraebench {
namespace {

constexpr std::int64_t kMomentRows = 4096;  // Bounds the float64 copies of a large batch.

Moments block_moments(const torch::Tensor& rows) {
  Moments block;
  block.count = rows.size(0);
  block.mean = rows.mean(0);
  const auto centred = rows - block.mean;
  block.scatter = torch::mm(centred.t(), centred);
  return block;
}

}  // namespace

void Moments::add(const torch::Tensor& batch) {
  if (batch.defined() && batch.dim() == 2 && batch.size(0) > kMomentRows) {
    Moments whole = *this;  // So that a bad block leaves these moments as they were.
    for (const auto& block : batch.split(kMomentRows)) whole.add(block);
    *this = whole;
    return;
  }
  const auto rows = float64_matrix(batch, "features");
  if (mean.defined() && rows.size(1) != mean.size(0))
    throw std::invalid_argument(
        c10::str("features: ", rows.size(1), " columns after rows of ", mean.size(0), " columns"));
  if (rows.size(0) > 0) merge(block_moments(rows));
}

void Moments::merge(const Moments& other) {
  if (other.count == 0) return;
  if (count == 0) {
    *this = other;
    return;
  }
  if (mean.size(0) != other.mean.size(0))
    throw std::invalid_argument(
        c10::str("moments of ", mean.size(0), " and of ", other.mean.size(0), " columns cannot be merged"));
  const auto total = count + other.count;
  const auto other_share = static_cast<double>(other.count) / static_cast<double>(total);
  const auto shift = other.mean - mean;
  // Not in place: a copy of these moments shares the tensors.
  scatter = torch::addr(scatter + other.scatter, shift, shift, 1.0, static_cast<double>(count) * other_share);
  mean = mean + shift * other_share;
  count = total;
}

torch::Tensor Moments::covariance() const {
  if (count < 2) throw std::invalid_argument(c10::str("a covariance needs two or more samples, got ", count));
  return (scatter + scatter.t()) * (0.5 / static_cast<double>(count - 1));
}

Moments moments_of(const torch::Tensor& features) {
  Moments moments;
  moments.add(features);
  return moments;
}

}  // namespace rraebench
