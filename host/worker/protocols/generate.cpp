#include "host/common/errors.hpp"
#include "host/worker/protocols/feature_metrics.hpp"
#include "host/worker/protocols/figure_fault.hpp"
#include "host/worker/protocols/protocols.hpp"
#include "host/worker/seeds.hpp"
#include "metrics/samplers.hpp"

#include <optional>
#include <stdexcept>

namespace rraebench {
namespace {

constexpr std::int64_t kPicturedImages = 64;
constexpr std::int64_t kImageColumns = 16;
constexpr std::int64_t kPicturedCurves = 20;
constexpr std::int64_t kCurveColumns = 5;

torch::Tensor draw_from_fit(const ProtocolContext& context, const std::string& sampler, std::uint64_t seed) {
  const auto count = context.spec.generation.count;
  if (sampler == "gaussian") return GaussianFit::fit(context.train_coefficients).sample(count, seed);
  if (sampler.rfind("mixture:", 0) == 0) {
    const auto components = std::stoll(sampler.substr(8));
    return GaussianMixture::fit(context.train_coefficients, components,
                                derive_seed(context.spec.seed, "fit " + sampler))
        .sample(count, seed);
  }
  throw UserError("no sampler '" + sampler + "'; known: prior, gaussian, mixture:K");
}

/// nullopt where the model has no prior, and where the fit fails, which a note says.
std::optional<torch::Tensor> draw(const ProtocolContext& context, const std::string& sampler) {
  const auto seed = derive_seed(context.spec.seed, "generate " + sampler);
  if (sampler == "prior") {
    torch::manual_seed(seed);
    auto coefficients = context.model.prior(context.spec.generation.count);
    return coefficients ? std::optional(coefficients->cpu()) : std::nullopt;
  }
  torch::Tensor drawn;
  const auto fault = fault_of([&] {
    drawn = draw_from_fit(context, sampler, seed);
    if (!drawn.isfinite().all().item<bool>())
      throw std::range_error("what is drawn from the fit does not fit into single precision");
  });
  if (!fault) return drawn;
  emit_note(context, "generate " + sampler, "nothing is measured: " + *fault);
  return std::nullopt;
}

/// Measures what is decoded from `coefficients` and gives the first `pictured` of it.
torch::Tensor measure_samples(const ProtocolContext& context, const std::string& sampler,
                              const torch::Tensor& coefficients, std::int64_t pictured) {
  FeatureCollector collector(keeps_features(context.spec.features));
  std::vector<torch::Tensor> shown;
  std::optional<std::string> fault;
  decode_each(context, coefficients, [&](std::int64_t first, const torch::Tensor& values) {
    const auto displayed = as_displayed(context.dataset, values);
    if (context.extractor != nullptr && !fault)
      fault = fault_of([&] { collector.add(extract_features(*context.extractor->extractor, displayed)); });
    if (first < pictured) shown.push_back(displayed.slice(0, 0, pictured - first));
  });
  if (context.extractor != nullptr)
    emit_figures(context, fault ? unmeasured_features(context, "generate", sampler, *fault)
                                : measure_features(context, "generate", sampler, collector.result()));
  return torch::cat(shown);
}

}  // namespace

void generate(const ProtocolContext& context) {
  if (!context.spec.generates) return;
  const bool images = context.dataset.is_image();
  for (const auto& sampler : context.spec.generation.samplers) {
    const auto coefficients = draw(context, sampler);
    if (!coefficients) continue;
    const auto shown =
        measure_samples(context, sampler, *coefficients, images ? kPicturedImages : kPicturedCurves);
    auto record = picture_samples(context, shown, images ? kImageColumns : kCurveColumns);
    record.protocol = "generate";
    record.name = "samples";
    record.variant = sampler;
    record.caption = "decoded from coefficients drawn from the " +
                     (sampler == "prior"      ? std::string("model's prior")
                      : sampler == "gaussian" ? std::string("Gaussian fitted to the training coefficients")
                                              : "mixture of " + sampler.substr(8) +
                                                    " Gaussians fitted to the training coefficients");
    context.emit(event_of(record));
  }
}

}  // namespace rraebench
