#include "metrics/frechet_infinity.hpp"

#include "metrics/tensors.hpp"

#include <algorithm>
#include <stdexcept>

namespace rraebench {

FrechetExtrapolation frechet_infinity(const FrechetReference& reference, const torch::Tensor& generated,
                                      std::uint64_t seed, std::int64_t points) {
  constexpr std::int64_t kFewest = 20;
  const auto features = float64_matrix(generated, "features");
  const auto count = features.size(0);
  if (count < kFewest || points < 2)
    throw std::invalid_argument(c10::str("FID infinity: ", points, " points from ", count,
                                         " generated samples; needs two points and ", kFewest, " samples"));
  const auto smallest = std::min<std::int64_t>(5000, std::max<std::int64_t>(count / 10, 2));
  auto generator = seeded_generator(seed);
  FrechetExtrapolation result;
  std::vector<double> inverses;
  for (std::int64_t point = 0; point < points; ++point) {
    const auto size = smallest + (count - smallest) * point / (points - 1);
    const auto order = torch::randperm(count, generator, torch::TensorOptions(torch::kInt64));
    result.sizes.push_back(size);
    result.distances.push_back(
        reference.distance_to(moments_of(features.index_select(0, order.slice(0, 0, size)))));
    inverses.push_back(1.0 / static_cast<double>(size));
  }
  const auto x = torch::tensor(inverses, torch::kFloat64);
  const auto y = torch::tensor(result.distances, torch::kFloat64);
  const auto centred = x - x.mean();
  const auto slope = torch::dot(centred, y) / torch::dot(centred, centred);
  result.limit = (y.mean() - slope * x.mean()).item<double>();
  return result;
}

}  // namespace rraebench
