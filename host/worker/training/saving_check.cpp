#include "host/worker/training/saving_check.hpp"

#include "host/worker/random_state.hpp"
#include "host/worker/training/saved_state.hpp"

#include <c10/util/StringUtil.h>

#include <algorithm>

namespace rraebench {
namespace {

torch::Tensor reconstruct(const CheckedModel& model, const torch::Tensor& samples) {
  return model.decode(model.encode(samples));
}

double largest_difference(const torch::Tensor& a, const torch::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

/// Kernels of other devices may take their sums in another order each time.
bool alike(const torch::Tensor& a, const torch::Tensor& b) {
  return a.device().is_cpu() ? torch::equal(a, b) : torch::allclose(a, b, 1e-4, 1e-5);
}

}  // namespace

void require_mean_is_encoding(const CheckedModel& model, const torch::Tensor& samples) {
  const auto posterior = model.posterior(samples);
  if (!posterior) return;
  const auto coefficients = model.encode(samples);
  if (posterior->mean.sizes() != coefficients.sizes())
    throw std::runtime_error(c10::str("posterior() has ", posterior->mean.size(1),
                                      " coefficients, encode() gives ", coefficients.size(1)));
  const auto difference = posterior->mean - coefficients;
  if (!difference.isfinite().all().item<bool>()) return;  // Before training they may be anything.
  const double scale = coefficients.abs().max().item<double>();
  if (!torch::allclose(posterior->mean, coefficients, 1e-4, 1e-5 * std::min(scale, 1.0)))
    throw std::runtime_error(
        c10::str("the posterior's mean is not what encode() gives: they differ by up to ",
                 largest_difference(posterior->mean, coefficients)));
}

void require_saved_model_answers_alike(const CheckedModel& model, const std::function<CheckedModel()>& build,
                                       const torch::Tensor& samples) {
  const RandomStateGuard keep(samples.device());
  const torch::NoGradGuard no_gradients;
  for (auto& parameter : model.module().parameters()) parameter.mutable_grad().reset();
  require_mean_is_encoding(model, samples);
  const auto expected = reconstruct(model, samples);
  if (!alike(reconstruct(model, samples), expected))
    throw std::runtime_error("decode(encode()) gives one answer, then another: it must be deterministic");
  auto copy = build();
  load_state(copy.module(), saved_state(model.module()), samples.device());
  copy.module().eval();
  const auto answer = reconstruct(copy, samples);
  if (!alike(answer, expected))
    throw std::runtime_error(c10::str("a saved and loaded model answers otherwise, by up to ",
                                      largest_difference(answer, expected),
                                      ": is all its state in registered parameters and buffers?"));
}

}  // namespace rraebench
