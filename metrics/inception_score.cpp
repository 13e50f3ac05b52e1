#include "metrics/inception_score.hpp"

#include "metrics/entropy.hpp"
#include "metrics/tensors.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

namespace rraebench {

InceptionScore inception_score(const torch::Tensor& probabilities, std::int64_t splits, std::uint64_t seed) {
  const auto rows = float64_matrix(probabilities, "class probabilities");
  if (splits < 1 || rows.size(0) < splits)
    throw std::invalid_argument(
        c10::str("inception score: ", splits, " splits of ", rows.size(0), " samples; ask for fewer splits"));
  auto generator = seeded_generator(seed);
  const auto shuffled =
      rows.index_select(0, torch::randperm(rows.size(0), generator, torch::TensorOptions(torch::kInt64)));
  std::vector<double> scores;
  for (std::int64_t split = 0; split < splits; ++split) {
    const auto part = shuffled.slice(0, split * rows.size(0) / splits, (split + 1) * rows.size(0) / splits);
    // Mean KL to the mean = entropy of the mean - mean entropy.
    scores.push_back(std::exp(mean_entropy(part.mean(0, /*keepdim=*/true)) - mean_entropy(part)));
  }
  const auto values = torch::tensor(scores, torch::kFloat64);
  return {values.mean().item<double>(), values.std(/*unbiased=*/false).item<double>()};
}

}  // namespace rraebench
