#include "host/worker/protocols/feature_metrics.hpp"
#include "host/worker/protocols/figure_fault.hpp"
#include "host/worker/protocols/grid_interpolation.hpp"
#include "host/worker/protocols/protocols.hpp"
#include "host/worker/seeds.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <nlohmann/json.hpp>

namespace rraebench {
namespace {

constexpr std::int64_t kPicturedPairs = 8;

void interpolate_grid(const ProtocolContext& context) {
  const auto& test = context.dataset.test;
  const auto coefficients =
      interpolate_on_grid(context.dataset.grid, context.train_coefficients, test.parameters);
  if (const auto outside = count_outside_grid(context.dataset.grid, test.parameters); outside > 0)
    emit_note(context, "interpolate grid",
              c10::str(outside, " of ", test.size(), " test parameters", outside == 1 ? " lies" : " lie",
                       " outside of the training grid: there the figure extrapolates"));
  emit_relative_error(context, "interpolate", "grid", test, "test", coefficients);
  emit_beside(context, "interpolate", "grid", "predictions", coefficients);
}

/// P x k each -> (P * (steps + 2)) x k: both ends and `steps` equal steps between them, pair by pair.
torch::Tensor paths_between(const torch::Tensor& starts, const torch::Tensor& ends, std::int64_t steps) {
  const auto weights =
      torch::arange(1, steps + 1, torch::kFloat32).div(static_cast<double>(steps + 1)).view({1, -1, 1});
  const auto inner = starts.unsqueeze(1) * (1 - weights) + ends.unsqueeze(1) * weights;
  return torch::cat({starts.unsqueeze(1), inner, ends.unsqueeze(1)}, 1).reshape({-1, starts.size(1)});
}

/// Metrics of the images between the ends, and of whole paths where they are asked for.
FeatureFigures measure_set(const ProtocolContext& context, const torch::Tensor& paths, std::int64_t points) {
  const auto places = torch::arange(paths.size(0)) % points;
  const auto is_inner = (places > 0) & (places < points - 1);
  const bool whole = context.spec.features.wants("path");
  const auto inner = is_inner.nonzero().squeeze(1);
  FeatureCollector collector(keeps_features(context.spec.features), points - 2);
  std::vector<torch::Tensor> features;
  std::optional<std::string> fault;
  const auto take = [&](std::int64_t first, const torch::Tensor& values) {
    auto rows = context.extractor->extractor->extract(as_displayed(context.dataset, values));
    if (whole) {
      features.push_back(rows.features);
      const auto here = is_inner.slice(0, first, first + values.size(0)).nonzero().squeeze(1);
      rows.features = rows.features.index_select(0, here);
      if (rows.probabilities.defined()) rows.probabilities = rows.probabilities.index_select(0, here);
    }
    collector.add(rows);
  };
  decode_each(context, whole ? paths : paths.index_select(0, inner),
              [&](std::int64_t first, const torch::Tensor& values) {
                if (!fault) fault = fault_of([&] { take(first, values); });
              });
  if (fault) return unmeasured_features(context.features(), "interpolate", "pairs", *fault);
  auto figures = measure_features(context.features(), "interpolate", "pairs", collector.result());
  if (whole) {
    const auto all = torch::cat(features);
    const auto smoothness = measure_paths(context.features(), "pairs", all.view({-1, points, all.size(1)}));
    figures.metrics.insert(figures.metrics.end(), smoothness.metrics.begin(), smoothness.metrics.end());
    figures.warnings.insert(figures.warnings.end(), smoothness.warnings.begin(), smoothness.warnings.end());
  }
  return figures;
}

void interpolate_pairs(const ProtocolContext& context) {
  const auto& plan = context.spec.interpolation;
  auto generator = at::detail::createCPUGenerator(derive_seed(context.spec.seed, "interpolation pairs"));
  const auto& coefficients = context.train_coefficients;
  const auto choose = [&] {
    return coefficients.index_select(0, torch::randint(coefficients.size(0), {plan.pairs}, generator,
                                                       torch::TensorOptions(torch::kInt64)));
  };
  const auto points = plan.steps + 2;
  torch::Tensor strips;  // Of the first set.
  std::vector<FeatureFigures> sets;
  for (std::int64_t set = 0; set < plan.sets; ++set) {
    const auto starts = choose();
    const auto ends = choose();
    const auto paths = paths_between(starts, ends, plan.steps);
    if (set == 0) strips = paths.slice(0, 0, std::min(kPicturedPairs, plan.pairs) * points);
    if (context.extractor != nullptr) sets.push_back(measure_set(context, paths, points));
  }
  if (!sets.empty()) emit_figures(context.emit, mean_over_sets(sets));

  auto record = picture_samples(context.dataset, decode_all(context, strips), points);
  record.protocol = "interpolate";
  record.name = "strips";
  record.variant = "pairs";
  record.caption = "from the reconstruction of one training sample (left) to another's (right)";
  context.emit(event_of(record));
}

}  // namespace

void interpolate(const ProtocolContext& context) {
  if (!context.spec.interpolates) return;
  if (context.spec.interpolation.kind == "grid") {
    if (context.dataset.grid.empty())
      throw std::invalid_argument("interpolation 'grid' needs training parameters on a grid, which '" +
                                  context.dataset.name + "' has not; use kind = \"pairs\"");
    interpolate_grid(context);
  } else {
    interpolate_pairs(context);
  }
}

}  // namespace rraebench
