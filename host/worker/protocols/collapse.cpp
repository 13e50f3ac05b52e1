#include "metrics/collapse.hpp"

#include "host/worker/protocols/protocols.hpp"
#include "host/worker/seeds.hpp"
#include "metrics/mutual_information.hpp"
#include "metrics/tensors.hpp"

#include <cmath>

namespace rraebench {
namespace {

constexpr std::int64_t kMutualInformationSamples = 10000;
constexpr double kSaturated = 0.95;  // Of its limit.
constexpr double kEpsilon = 0.01;
constexpr double kDelta = 0.01;

std::vector<double> to_vector(const torch::Tensor& values) {
  const auto contiguous = values.to(torch::kCPU, torch::kFloat64).contiguous();
  return {contiguous.data_ptr<double>(), contiguous.data_ptr<double>() + contiguous.numel()};
}

/// Of at most kMutualInformationSamples, since its time grows with their square.
void emit_mutual_information(const ProtocolContext& context, const Posterior& posterior) {
  const auto seed = derive_seed(context.spec.seed, "mutual information");
  auto generator = seeded_generator(seed);
  const auto order = torch::randperm(posterior.mean.size(0), generator, torch::TensorOptions(torch::kInt64));
  const auto chosen = order.slice(0, 0, kMutualInformationSamples);
  const auto information = aggregated_mutual_information(
      posterior.mean.index_select(0, chosen), posterior.log_variance.index_select(0, chosen), seed);
  auto metric = new_metric("collapse", "mutual_information", information.nats);
  metric.split = "test";
  metric.sample_count = chosen.size(0);
  context.emit(event_of(metric));
  if (information.nats > kSaturated * information.limit)
    context.emit(warning_event(context.spec.comparison + ", collapse: the mutual information reaches log " +
                               std::to_string(chosen.size(0)) +
                               ", the most that so many test samples can show; read it as a lower bound"));
}

}  // namespace

void measure_collapse(const ProtocolContext& context) {
  const auto& coefficients = context.test_encodings.coefficients;
  const auto emit = [&](const std::string& name, double value, const std::string& variant = "") {
    auto metric = new_metric("collapse", name, value);
    metric.variant = variant;
    metric.split = "test";
    metric.sample_count = coefficients.size(0);
    context.emit(event_of(metric));
  };
  const auto active = static_cast<double>(active_units(coefficients));
  emit("active_units", active, "variance>0.01");
  emit("active_unit_fraction", active / static_cast<double>(coefficients.size(1)), "variance>0.01");
  emit("low_variance_fraction", low_variance_fraction(coefficients));
  context.emit(
      event_of(SpectrumRecord{"coefficient_variance", to_vector(coefficient_variance(coefficients))}));
  const auto& posterior = context.test_encodings.posterior;
  if (!posterior) return;
  const auto kl = kl_per_sample(posterior->mean, posterior->log_variance);
  const auto per_dimension = kl.mean(0);
  emit("kl_total", per_dimension.sum().item<double>());
  emit("collapsed_fraction", collapsed_fraction(kl, kEpsilon, kDelta), "epsilon=0.01, delta=0.01");
  context.emit(event_of(SpectrumRecord{"kl_per_dimension", to_vector(per_dimension)}));
  SpectrumRecord by_epsilon{"collapsed_fraction", {}};
  for (int half_decade = -8; half_decade <= 2; ++half_decade)
    by_epsilon.values.push_back(collapsed_fraction(kl, std::pow(10.0, 0.5 * half_decade), kDelta));
  context.emit(event_of(by_epsilon));
  emit_mutual_information(context, *posterior);
}

}  // namespace rraebench
