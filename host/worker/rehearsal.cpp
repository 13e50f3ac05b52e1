#include "host/worker/rehearsal.hpp"

#include "host/common/sampler.hpp"
#include "host/worker/protocols/context.hpp"
#include "host/worker/random_state.hpp"
#include "host/worker/training/saving_check.hpp"
#include "metrics/samplers.hpp"

#include <algorithm>
#include <string>

namespace rraebench {
namespace {

constexpr std::int64_t kDraws = 2;
// A full covariance of more would take longer to fit than all else here.
constexpr std::int64_t kMostFittedColumns = 256;

/// Draws of what the suite's samplers make of `coefficients`, as the decoder gets them. Prior and posterior
/// are not among them.
std::vector<torch::Tensor> draw_from_samplers(const GenerationPlan& plan, const torch::Tensor& coefficients) {
  // The samplers draw in single precision, whatever the model encodes to.
  std::vector<torch::Tensor> draws = {coefficients.slice(0, 0, kDraws).to(torch::kFloat32)};
  const auto rows = coefficients.size(0);
  if (coefficients.size(1) > kMostFittedColumns || rows < 2 || !coefficients.isfinite().all().item<bool>())
    return draws;
  for (const auto& name : plan.samplers) {
    const auto sampler = find_sampler(name).value();
    if (sampler.kind == SamplerKind::kUniform)
      draws.push_back(UniformBox::fit(coefficients).sample(kDraws, 0));
    if (sampler.kind == SamplerKind::kGaussian)
      draws.push_back(GaussianFit::fit(coefficients).sample(kDraws, 0));
    if (sampler.kind == SamplerKind::kMixture && sampler.components <= rows)
      draws.push_back(GaussianMixture::fit(coefficients, sampler.components, 0).sample(kDraws, 0));
  }
  return draws;
}

NextBatch only(const Batch& batch) {
  return [&batch, given = false]() mutable -> std::optional<Batch> {
    if (given) return std::nullopt;
    given = true;
    return batch;
  };
}

void require_columns(const torch::Tensor& tensor, std::int64_t columns, const char* call) {
  if (tensor.size(1) != columns)
    throw std::runtime_error(std::string(call) + " returned " + std::to_string(tensor.size(1)) +
                             " columns, encode() gives " + std::to_string(columns));
}

}  // namespace

torch::Tensor rehearse(const CheckedModel& checked, const RunSpec& spec, const Dataset& dataset,
                       const SampleSource& training_samples) {
  const auto model = checked.with_any_values();
  const auto count = std::min(spec.training.batch_size, training_samples.size());
  const auto batch = training_samples.batch(torch::arange(count));
  const auto device = batch.samples.device();
  const RandomStateGuard keep(device);
  model.module().train();
  model.loss(batch);

  const torch::NoGradGuard no_gradients;
  model.module().eval();
  model.finalise(only(batch));
  model.decode(
      model.encode(batch.samples.slice(0, 0, 1)));  // What is left over after full batches may be one.
  const auto samples = batch.samples.slice(0, 0, kDraws);
  const auto coefficients = model.encode(samples);
  const auto values = model.decode(coefficients);
  model.latent(samples);
  require_mean_is_encoding(model, samples);
  model.kl(samples);
  if (const auto drawn = model.prior(kDraws)) {
    require_columns(*drawn, coefficients.size(1), "prior()");
    model.decode(*drawn);
  }
  if (spec.generates)
    for (const auto& drawn : draw_from_samplers(spec.generation, model.encode(batch.samples).cpu()))
      model.decode(drawn.to(device));

  return as_displayed(dataset, denormalise(values.cpu(), dataset.normalisation));
}

}  // namespace rraebench
