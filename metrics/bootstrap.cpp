#include "metrics/bootstrap.hpp"

#include "metrics/tensors.hpp"

#include <stdexcept>
#include <vector>

namespace rraebench {

namespace {

torch::Tensor draw_indices(std::int64_t count, std::int64_t group, torch::Generator& generator) {
  const torch::TensorOptions whole(torch::kInt64);
  const auto groups = (count + group - 1) / group;
  auto drawn = torch::randint(groups, {groups}, generator, whole);
  if (group == 1) return drawn;
  const auto indices = (drawn.unsqueeze(1) * group + torch::arange(group, whole)).flatten();
  return indices.masked_select(indices < count);
}

}  // namespace

Interval bootstrap_interval(double estimate, std::int64_t count, const BootstrapOptions& options,
                            const std::function<double(const torch::Tensor& indices)>& statistic) {
  if (count < 1 || options.replicates < 2 || !(options.confidence > 0.0 && options.confidence < 1.0) ||
      options.group < 1)
    throw std::invalid_argument(
        c10::str("bootstrap: ", count, " samples in groups of ", options.group, ", ", options.replicates,
                 " replicates, confidence ", options.confidence,
                 "; needs a sample, a group of one or more, two replicates and a confidence in (0, 1)"));
  auto generator = seeded_generator(options.seed);
  std::vector<double> replicates;
  for (std::int64_t i = 0; i < options.replicates; ++i)
    replicates.push_back(statistic(draw_indices(count, options.group, generator)));
  const auto values = torch::tensor(replicates, torch::kFloat64);
  const auto moved = values + (estimate - values.mean());
  const double tail = 0.5 * (1.0 - options.confidence);
  return {moved.quantile(tail).item<double>(), moved.quantile(1.0 - tail).item<double>()};
}

Interval bootstrap_mean_interval(const torch::Tensor& values, const BootstrapOptions& options) {
  const auto column = float64_matrix(values.unsqueeze(-1), "values").squeeze(1);
  return bootstrap_interval(
      column.mean().item<double>(), column.size(0), options,
      [&](const torch::Tensor& indices) { return column.index_select(0, indices).mean().item<double>(); });
}

}  // namespace rraebench
