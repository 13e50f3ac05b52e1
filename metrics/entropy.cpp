#include "metrics/entropy.hpp"

#include "metrics/tensors.hpp"

#include <stdexcept>

namespace rraebench {

torch::Tensor entropies(const torch::Tensor& probabilities) {
  const auto p = float64_matrix(probabilities, "class probabilities");
  const auto sums = p.sum(1);
  if ((p < 0.0).any().item<bool>() || ((sums - 1.0).abs() > 1e-3).any().item<bool>())
    throw std::invalid_argument(
        "class probabilities: rows must be non-negative and sum to 1; are they logits?");
  return torch::special_entr(p).sum(1);
}

double mean_entropy(const torch::Tensor& probabilities) {
  const auto rows = entropies(probabilities);
  if (rows.size(0) == 0) throw std::invalid_argument("class probabilities: no rows");
  return rows.mean().item<double>();
}

}  // namespace rraebench
