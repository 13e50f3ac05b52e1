#include "host/common/artefact_kinds.hpp"
#include "host/common/errors.hpp"
#include "host/common/sampler.hpp"
#include "host/worker/protocols/feature_metrics.hpp"
#include "host/worker/protocols/figure_fault.hpp"
#include "host/worker/protocols/protocols.hpp"
#include "host/worker/seeds.hpp"
#include "metrics/samplers.hpp"
#include "metrics/tensors.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <stdexcept>
#include <vector>

namespace rraebench {
namespace {

torch::Tensor draw_from_fit(const ProtocolContext& context, const std::string& name, const Sampler& sampler,
                            std::uint64_t seed) {
  const auto count = context.spec.generation.count;
  const auto& coefficients = context.train_coefficients;
  if (sampler.kind == SamplerKind::kUniform) return UniformBox::fit(coefficients).sample(count, seed);
  if (sampler.kind == SamplerKind::kGaussian) return GaussianFit::fit(coefficients).sample(count, seed);
  return GaussianMixture::fit(coefficients, sampler.components, derive_seed(context.spec.seed, "fit " + name))
      .sample(count, seed);
}

/// Each from the posterior of a training sample that is drawn, too; nullopt for a deterministic model.
std::optional<torch::Tensor> draw_from_posteriors(const ProtocolContext& context, std::uint64_t seed) {
  auto generator = seeded_generator(seed);
  const auto chosen =
      torch::randint(context.train_samples.size(), {context.spec.generation.count}, generator, torch::kInt64);
  std::vector<torch::Tensor> draws;
  for (const auto& indices : chosen.split(evaluation_batch(context.dataset.sample_shape))) {
    const auto posterior = context.model.posterior(context.train_samples.batch(indices).samples);
    if (!posterior) return std::nullopt;
    const auto mean = posterior->mean.cpu();
    draws.push_back(mean + (0.5 * posterior->log_variance.cpu()).exp() *
                               torch::randn(mean.sizes(), generator, mean.options()));
  }
  return torch::cat(draws);
}

/// nullopt where the model has no prior or posterior, and where the fit fails, which a note says.
std::optional<torch::Tensor> draw(const ProtocolContext& context, const std::string& name,
                                  const Sampler& sampler) {
  const auto seed = derive_seed(context.spec.seed, "generate " + name);
  if (sampler.kind == SamplerKind::kPrior) {
    torch::manual_seed(seed);
    auto coefficients = context.model.prior(context.spec.generation.count);
    return coefficients ? std::optional(coefficients->cpu()) : std::nullopt;
  }
  std::optional<torch::Tensor> drawn;
  const auto fault = fault_of([&] {
    drawn = sampler.kind == SamplerKind::kPosterior ? draw_from_posteriors(context, seed)
                                                    : draw_from_fit(context, name, sampler, seed);
    if (drawn && !drawn->isfinite().all().item<bool>())
      throw std::range_error("what is drawn does not fit into single precision");
  });
  if (!fault) return drawn;
  emit_note(context, "generate " + name, "nothing is measured: " + *fault);
  return std::nullopt;
}

/// Measures what is decoded from `coefficients` and gives the first of it, for a picture.
torch::Tensor measure_samples(const ProtocolContext& context, const std::string& sampler,
                              const torch::Tensor& coefficients) {
  const auto pictured = pictured_samples(context.dataset);
  FeatureCollector collector(keeps_features(context.spec.features));
  std::vector<torch::Tensor> shown;
  std::optional<std::string> fault;
  auto shape = context.dataset.sample_shape;
  shape.insert(shape.begin(), coefficients.size(0));
  auto kept = context.artefacts.begin(kSamples, sampler, "", shape);
  decode_each(context, coefficients, [&](std::int64_t first, const torch::Tensor& values) {
    const auto displayed = as_displayed(context.dataset, values);
    if (kept != nullptr) kept->append(displayed);
    if (context.extractor != nullptr && !fault)
      fault = fault_of([&] { collector.add(context.extractor->extractor->extract(displayed)); });
    if (first < pictured) shown.push_back(displayed.slice(0, 0, pictured - first));
  });
  context.artefacts.finish(std::move(kept));
  if (context.extractor != nullptr)
    emit_figures(context.emit,
                 fault ? unmeasured_features(context.features(), "generate", sampler, *fault)
                       : measure_features(context.features(), "generate", sampler, collector.result()));
  return torch::cat(shown);
}

}  // namespace

void generate(const ProtocolContext& context) {
  if (!context.spec.generates) return;
  for (const auto& name : context.spec.generation.samplers) {
    const auto sampler = find_sampler(name);
    if (!sampler) throw UserError("no sampler '" + name + "'; known: " + kKnownSamplers);
    const auto coefficients = draw(context, name, *sampler);
    if (!coefficients) continue;
    auto record = picture_some(context.dataset, measure_samples(context, name, *coefficients));
    record.protocol = "generate";
    record.name = "samples";
    record.variant = name;
    record.caption = "decoded from coefficients drawn from " + describe(*sampler);
    context.emit(event_of(record));
  }
}

}  // namespace rraebench
