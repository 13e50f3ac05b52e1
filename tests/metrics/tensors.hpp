#pragma once
// Implements: tensors and messages that the metric tests share.

#include "metrics/tensors.hpp"

#include <torch/types.h>

#include <initializer_list>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace rraebench::testing {

inline torch::Tensor vector64(const std::vector<double>& values) {
  return torch::tensor(values, torch::kFloat64);
}

inline torch::Tensor matrix64(const std::vector<std::vector<double>>& rows) {
  std::vector<torch::Tensor> tensors;
  for (const auto& row : rows) tensors.push_back(vector64(row));
  return torch::stack(tensors);
}

inline torch::Tensor normal64(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
  return torch::randn({rows, columns}, seeded_generator(seed), torch::kFloat64);
}

inline double largest_difference(const torch::Tensor& a, const torch::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

/// What std::invalid_argument says when `call` is made; empty if it does not throw that.
template <typename Call>
std::string complaint(Call&& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace rraebench::testing
