#include "metrics/rank.hpp"

#include "host/worker/protocols/protocols.hpp"

namespace rraebench {
namespace {

constexpr std::int64_t kBatch = 500;
constexpr std::int64_t kStoredValues = 512;

}  // namespace

void measure_rank(const ProtocolContext& context) {
  LatentSpectrum spectrum;
  for (std::int64_t first = 0; first < context.test.size(); first += kBatch)
    spectrum.add(
        context.model.latent(context.test.range(first, std::min(first + kBatch, context.test.size()))).cpu());
  const auto values = spectrum.singular_values();
  const auto emit = [&](const std::string& name, double value, const std::string& variant = "") {
    auto metric = new_metric("rank", name, value);
    metric.variant = variant;
    metric.split = "test";
    metric.sample_count = context.test.size();
    context.emit(event_of(metric));
  };
  emit("numerical_rank", static_cast<double>(numerical_rank(values)));
  emit("effective_rank", effective_rank(values));
  emit("stable_rank", stable_rank(values));
  emit("participation_ratio", participation_ratio(values));
  emit("energy_captured", energy_captured(values, 1), "k=1");
  const auto stored = values.slice(0, 0, kStoredValues).contiguous();
  context.emit(event_of(SpectrumRecord{
      "singular_values", {stored.data_ptr<double>(), stored.data_ptr<double>() + stored.numel()}}));
}

}  // namespace rraebench
