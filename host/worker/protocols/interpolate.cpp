#include "host/worker/protocols/grid_interpolation.hpp"
#include "host/worker/protocols/protocols.hpp"
#include "host/worker/seeds.hpp"
#include "metrics/relative_error.hpp"

#include <ATen/CPUGeneratorImpl.h>

namespace rraebench {
namespace {

constexpr std::int64_t kPicturedPredictions = 20;
constexpr std::int64_t kPicturedPairs = 8;

void interpolate_grid(const ProtocolContext& context) {
  const auto& test = context.dataset.test;
  const auto coefficients =
      interpolate_on_grid(context.dataset.grid, context.train_coefficients, test.parameters);
  RelativeError error;
  decode_each(context, coefficients, [&](std::int64_t first, const torch::Tensor& values) {
    error.add(to_values(test.samples.slice(0, first, first + values.size(0))), values);
  });
  auto metric = new_metric("interpolate", "relative_error", error.percent());
  metric.variant = "grid";
  metric.split = "test";
  metric.sample_count = test.size();
  context.emit(event_of(metric));

  const auto count = std::min(kPicturedPredictions, test.size());
  auto record = picture_beside(context, to_values(test.samples.slice(0, 0, count)),
                               decode_all(context, coefficients.slice(0, 0, count)));
  record.protocol = "interpolate";
  record.name = "predictions";
  record.variant = "grid";
  record.caption = context.dataset.is_image()
                       ? "test samples, each row above its predictions from interpolated coefficients"
                       : "test samples (grey) and their predictions from interpolated coefficients (blue)";
  context.emit(event_of(record));
}

/// P x k each -> (P * steps) x k: `steps` equal steps strictly between the two, pair by pair.
torch::Tensor between(const torch::Tensor& starts, const torch::Tensor& ends, std::int64_t steps) {
  const auto weights =
      torch::arange(1, steps + 1, torch::kFloat32).div(static_cast<double>(steps + 1)).view({1, -1, 1});
  return (starts.unsqueeze(1) * (1 - weights) + ends.unsqueeze(1) * weights).reshape({-1, starts.size(1)});
}

void interpolate_pairs(const ProtocolContext& context) {
  const auto& plan = context.spec.interpolation;
  auto generator = at::detail::createCPUGenerator(derive_seed(context.spec.seed, "interpolation pairs"));
  const auto& coefficients = context.train_coefficients;
  const auto choose = [&] {
    return coefficients.index_select(0, torch::randint(coefficients.size(0), {plan.pairs}, generator,
                                                       torch::TensorOptions(torch::kInt64)));
  };
  const auto starts = choose();
  const auto ends = choose();
  measure_decoded(context, "interpolate", "pairs", between(starts, ends, plan.steps), 0);

  // Strips with the reconstructions of both ends.
  const auto shown = std::min(kPicturedPairs, plan.pairs);
  const auto first = starts.slice(0, 0, shown);
  const auto last = ends.slice(0, 0, shown);
  const auto inner = between(first, last, plan.steps).view({shown, plan.steps, -1});
  const auto strips =
      torch::cat({first.unsqueeze(1), inner, last.unsqueeze(1)}, 1).reshape({-1, coefficients.size(1)});
  auto record = picture_samples(context, decode_all(context, strips), plan.steps + 2);
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
