#include "metrics/kernel_distance.hpp"

#include "metrics/tensors.hpp"

#include <stdexcept>
#include <vector>

namespace rraebench {
namespace {

constexpr std::int64_t kKernelRows = 1024;

double kernel_sum(const torch::Tensor& rows, const torch::Tensor& columns) {
  const double scale = 1.0 / static_cast<double>(rows.size(1));
  double sum = 0.0;
  for (const auto& block : rows.split(kKernelRows)) {
    const auto base = torch::mm(block, columns.t()).mul_(scale).add_(1.0);
    sum += torch::dot((base * base).flatten(), base.flatten()).item<double>();
  }
  return sum;
}

/// Mean of k(x_i, x_j) over i != j.
double mean_within(const torch::Tensor& rows) {
  const auto count = static_cast<double>(rows.size(0));
  const auto diagonal = rows.square().sum(1).div(static_cast<double>(rows.size(1))).add(1.0).pow(3);
  return (kernel_sum(rows, rows) - diagonal.sum().item<double>()) / (count * (count - 1.0));
}

double distance_of_matrices(const torch::Tensor& first, const torch::Tensor& second) {
  const auto pairs = static_cast<double>(first.size(0)) * static_cast<double>(second.size(0));
  return mean_within(first) + mean_within(second) - 2.0 * kernel_sum(first, second) / pairs;
}

void check_pair(const torch::Tensor& first, const torch::Tensor& second) {
  if (first.size(1) != second.size(1))
    throw std::invalid_argument(c10::str("kernel distance: ", first.size(1), " features against ",
                                         second.size(1), "; use one extractor for both sets"));
  if (first.size(0) < 2 || second.size(0) < 2 || first.size(1) == 0)
    throw std::invalid_argument(c10::str("kernel distance: needs two or more samples on either side, got ",
                                         first.sizes(), " and ", second.sizes()));
}

torch::Tensor random_rows(const torch::Tensor& matrix, std::int64_t count, torch::Generator& generator) {
  const auto order = torch::randperm(matrix.size(0), generator, torch::TensorOptions(torch::kInt64));
  return matrix.index_select(0, order.slice(0, 0, count));
}

}  // namespace

double kernel_distance(const torch::Tensor& first, const torch::Tensor& second) {
  const auto x = float64_matrix(first, "features");
  const auto y = float64_matrix(second, "features");
  check_pair(x, y);
  return distance_of_matrices(x, y);
}

SubsetDistance kernel_distance_over_subsets(const torch::Tensor& first, const torch::Tensor& second,
                                            const KernelSubsets& subsets) {
  const auto x = float64_matrix(first, "features");
  const auto y = float64_matrix(second, "features");
  check_pair(x, y);
  if (subsets.count < 1 || subsets.size < 2)
    throw std::invalid_argument(c10::str("kernel distance: ", subsets.count, " subsets of ", subsets.size,
                                         " samples; one subset of two is the least"));
  if (x.size(0) < subsets.size || y.size(0) < subsets.size)
    throw std::invalid_argument(c10::str("kernel distance: subsets of ", subsets.size, " from ", x.size(0),
                                         " and ", y.size(0), " samples; ask for smaller subsets"));
  auto generator = seeded_generator(subsets.seed);
  std::vector<double> distances;
  for (std::int64_t i = 0; i < subsets.count; ++i) {
    const auto from_first = random_rows(x, subsets.size, generator);
    distances.push_back(distance_of_matrices(from_first, random_rows(y, subsets.size, generator)));
  }
  const auto values = torch::tensor(distances, torch::kFloat64);
  return {values.mean().item<double>(), values.std(/*unbiased=*/false).item<double>()};
}

}  // namespace rraebench
