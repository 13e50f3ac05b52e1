#include "metrics/collapse.hpp"

#include "host/worker/protocols/protocols.hpp"

namespace rraebench {
namespace {

constexpr std::int64_t kBatch = 500;
constexpr double kEpsilon = 0.01;
constexpr double kDelta = 0.01;

std::vector<double> to_vector(const torch::Tensor& values) {
  const auto contiguous = values.to(torch::kCPU, torch::kFloat64).contiguous();
  return {contiguous.data_ptr<double>(), contiguous.data_ptr<double>() + contiguous.numel()};
}

/// Mean and log variance of the whole test split; nullopt for a deterministic model.
std::optional<Posterior> posterior_of_test(const ProtocolContext& context) {
  std::vector<torch::Tensor> means;
  std::vector<torch::Tensor> log_variances;
  for (std::int64_t first = 0; first < context.test.size(); first += kBatch) {
    const auto samples = context.test.range(first, std::min(first + kBatch, context.test.size()));
    const auto posterior = context.model.posterior(samples);
    if (!posterior) return std::nullopt;
    means.push_back(posterior->mean.cpu());
    log_variances.push_back(posterior->log_variance.cpu());
  }
  return Posterior{torch::cat(means), torch::cat(log_variances)};
}

}  // namespace

void measure_collapse(const ProtocolContext& context) {
  const auto emit = [&](const std::string& name, double value) {
    auto metric = new_metric("collapse", name, value);
    metric.split = "test";
    metric.sample_count = context.test.size();
    context.emit(event_of(metric));
  };
  const auto posterior = posterior_of_test(context);
  const auto coefficients = posterior ? posterior->mean : encode_all(context.model, context.test);
  const auto active = static_cast<double>(active_units(coefficients));
  emit("active_units", active);
  emit("active_unit_fraction", active / static_cast<double>(coefficients.size(1)));
  context.emit(
      event_of(SpectrumRecord{"coefficient_variance", to_vector(coefficient_variance(coefficients))}));
  if (!posterior) return;
  const auto kl = kl_per_sample(posterior->mean, posterior->log_variance);
  const auto per_dimension = kl.mean(0);
  emit("kl_total", per_dimension.sum().item<double>());
  emit("collapsed_fraction", collapsed_fraction(kl, kEpsilon, kDelta));
  context.emit(event_of(SpectrumRecord{"kl_per_dimension", to_vector(per_dimension)}));
}

}  // namespace rraebench
