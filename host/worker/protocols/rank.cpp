#include "metrics/rank.hpp"

#include "host/worker/protocols/figure_fault.hpp"
#include "host/worker/protocols/protocols.hpp"

#include <nlohmann/json.hpp>

namespace rraebench {
namespace {

constexpr double kRankTolerance = 1e-3;
constexpr std::int64_t kStoredValues = 512;

}  // namespace

void measure_rank(const ProtocolContext& context) {
  const auto& spectrum = context.test_encodings.latent_spectrum;
  const auto emit = [&](const std::string& name, double value, const std::string& variant = "") {
    auto metric = new_metric("rank", name, value);
    metric.variant = variant;
    metric.split = "test";
    metric.sample_count = spectrum.count();
    emit_metric(context, metric);
  };
  const auto fault = fault_of([&] {
    const auto values = spectrum.singular_values();
    emit("numerical_rank", static_cast<double>(numerical_rank(values, kRankTolerance)), "tolerance=0.001");
    emit("effective_rank", effective_rank(values));
    emit("stable_rank", stable_rank(values));
    emit("participation_ratio", participation_ratio(values));
    const auto coefficients = context.test_encodings.coefficients.size(1);
    if (values.max().item<double>() > 0.0) {
      emit("energy_captured", energy_captured(values, 1), "k=1");
      if (coefficients > 1 && coefficients < values.size(0))
        emit("energy_captured", energy_captured(values, coefficients), "k=" + std::to_string(coefficients));
    } else {
      emit_note(
          context, "rank",
          "the latent is the same for every test sample: its rank is 0, and energy_captured is left out");
    }
    const auto stored = values.slice(0, 0, kStoredValues).contiguous();
    context.emit(event_of(SpectrumRecord{
        "singular_values", {stored.data_ptr<double>(), stored.data_ptr<double>() + stored.numel()}}));
  });
  if (fault) emit_note(context, "rank", "not measured: " + *fault);
}

}  // namespace rraebench
