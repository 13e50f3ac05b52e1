#include "metrics/collapse.hpp"

#include "host/worker/protocols/figure_fault.hpp"
#include "host/worker/protocols/protocols.hpp"
#include "host/worker/seeds.hpp"
#include "metrics/mutual_information.hpp"
#include "metrics/tensors.hpp"

#include <c10/util/StringUtil.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <functional>

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

/// What makes a figure of a posterior infinite.
std::string extent_of(const Posterior& posterior) {
  const auto log_variance = posterior.log_variance;
  return c10::str("posterior log variances from ", log_variance.min().item<double>(), " to ",
                  log_variance.max().item<double>());
}

/// One protocol's figures of the test split's coefficients and posterior.
class CollapseFigures {
 public:
  explicit CollapseFigures(const ProtocolContext& context)
      : context_(context), coefficients_(context.test_encodings.coefficients) {}

  void variances() const {
    measure("active_units, active_unit_fraction and low_variance_fraction", [&] {
      const auto variance = coefficient_variance(coefficients_);
      const auto active = static_cast<double>(active_units(coefficients_));
      const auto variant = c10::str("variance>", kActiveUnitThreshold);
      emit("active_units", active, variant);
      emit("active_unit_fraction", active / static_cast<double>(coefficients_.size(1)), variant);
      emit("low_variance_fraction", low_variance_fraction(coefficients_));
      context_.emit(event_of(SpectrumRecord{"coefficient_variance", to_vector(variance)}));
    });
  }

  /// `kl`: N x k, or N where only their sum is known. `prior`: to what.
  void divergences(const torch::Tensor& kl, const std::string& prior, const std::string& cause) const {
    measure("kl_total", [&] {
      const auto rows = kl.dim() == 1 ? kl.unsqueeze(1) : kl;
      const auto per_dimension = rows.to(torch::kFloat64).mean(0);
      emit("kl_total", per_dimension.sum().item<double>(), prior, cause);
      if (kl.dim() == 2)
        context_.emit(event_of(SpectrumRecord{"kl_per_dimension", to_vector(per_dimension)}));
    });
    if (kl.dim() == 1)
      return emit_note(
          context_, "collapse",
          "the model gives its KL divergence as one number a sample: there is no collapsed_fraction");
    measure("collapsed_fraction", [&] {
      emit("collapsed_fraction", collapsed_fraction(kl, kEpsilon, kDelta),
           c10::str("epsilon=", kEpsilon, ", delta=", kDelta, ", ", prior));
      SpectrumRecord by_epsilon{"collapsed_fraction", {}};
      for (int half_decade = -8; half_decade <= 2; ++half_decade)
        by_epsilon.values.push_back(collapsed_fraction(kl, std::pow(10.0, 0.5 * half_decade), kDelta));
      context_.emit(event_of(by_epsilon));
    });
  }

  void divergences_to_standard_normal(const Posterior& posterior) const {
    torch::Tensor kl;
    measure("kl_total and collapsed_fraction",
            [&] { kl = kl_per_sample(posterior.mean, posterior.log_variance); });
    if (kl.defined()) divergences(kl, "to N(0, I)", extent_of(posterior));
  }

  /// Of at most kMutualInformationSamples, since its time grows with their square.
  void information(const Posterior& posterior) const {
    measure("mutual_information", [&] {
      const auto seed = derive_seed(context_.spec.seed, "mutual information");
      auto generator = seeded_generator(seed);
      const auto order =
          torch::randperm(posterior.mean.size(0), generator, torch::TensorOptions(torch::kInt64));
      const auto chosen = order.slice(0, 0, kMutualInformationSamples);
      const auto information = aggregated_mutual_information(
          posterior.mean.index_select(0, chosen), posterior.log_variance.index_select(0, chosen), seed);
      emit("mutual_information", information.nats, "", extent_of(posterior), chosen.size(0));
      if (information.nats > kSaturated * information.limit)
        emit_note(context_, "collapse",
                  "the mutual information reaches log " + std::to_string(chosen.size(0)) +
                      ", the most that so many test samples can show; read it as a lower bound");
    });
  }

 private:
  void measure(const std::string& figures, const std::function<void()>& how) const {
    if (const auto fault = fault_of(how))
      emit_note(context_, "collapse", figures + ": not measured: " + *fault);
  }

  void emit(const std::string& name, double value, const std::string& variant = "",
            const std::string& cause = "", std::int64_t samples = 0) const {
    auto metric = new_metric("collapse", name, value);
    metric.variant = variant;
    metric.split = "test";
    metric.sample_count = samples > 0 ? samples : coefficients_.size(0);
    emit_metric(context_, metric, cause);
  }

  const ProtocolContext& context_;
  const torch::Tensor& coefficients_;
};

}  // namespace

void measure_collapse(const ProtocolContext& context) {
  const CollapseFigures figures(context);
  figures.variances();
  const auto& posterior = context.test_encodings.posterior;
  const auto& kl = context.test_encodings.kl;
  if (kl) {
    figures.divergences(*kl, "to its own prior", "");
  } else if (posterior && context.model.has_standard_prior()) {
    figures.divergences_to_standard_normal(*posterior);
  } else if (posterior) {
    emit_note(
        context, "collapse",
        "kl_total and collapsed_fraction are left out: the model's prior is not N(0, I), and it gives no "
        "KL divergence to its own");
  }
  if (posterior) figures.information(*posterior);
}

}  // namespace rraebench
