#include "metrics/relative_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace rraebench {
namespace {

constexpr std::int64_t kValuesPerBlock = 1 << 20;  // Bounds the float64 copies of a large set.

}  // namespace

void RelativeError::add(const torch::Tensor& reference, const torch::Tensor& estimate) {
  if (reference.sizes() != estimate.sizes())
    throw std::invalid_argument(c10::str("relative error: the reference has shape ", reference.sizes(),
                                         ", the estimate ", estimate.sizes()));
  if (!reference.is_floating_point() || !estimate.is_floating_point())
    throw std::invalid_argument(c10::str("relative error: expected floating-point values, got ",
                                         reference.scalar_type(), " and ", estimate.scalar_type()));
  const auto flat_reference = reference.detach().reshape(-1);
  const auto flat_estimate = estimate.detach().reshape(-1);
  double difference = 0.0;
  double norm = 0.0;
  for (std::int64_t begin = 0; begin < flat_reference.size(0); begin += kValuesPerBlock) {
    const auto end = std::min(begin + kValuesPerBlock, flat_reference.size(0));
    const auto x = flat_reference.slice(0, begin, end).to(torch::kCPU, torch::kFloat64);
    const auto y = flat_estimate.slice(0, begin, end).to(torch::kCPU, torch::kFloat64);
    difference += (x - y).square().sum().item<double>();
    norm += x.square().sum().item<double>();
  }
  if (!std::isfinite(difference) || !std::isfinite(norm))
    throw std::invalid_argument("relative error: some values are infinite or not a number");
  squared_difference_ += difference;
  squared_reference_ += norm;
  count_ += flat_reference.size(0);
}

double RelativeError::percent() const {
  if (count_ == 0) throw std::invalid_argument("relative error: no values were added");
  if (squared_reference_ == 0.0)
    return squared_difference_ == 0.0 ? 0.0 : std::numeric_limits<double>::infinity();
  return 100.0 * std::sqrt(squared_difference_ / squared_reference_);
}

double relative_error_percent(const torch::Tensor& reference, const torch::Tensor& estimate) {
  RelativeError error;
  error.add(reference, estimate);
  return error.percent();
}

}  // namespace rraebench
