#include "host/worker/measuring/encodings.hpp"

#include "host/common/stop_request.hpp"
#include "host/worker/random_state.hpp"

#include <algorithm>
#include <functional>
#include <vector>

namespace rraebench {
namespace {

constexpr std::uint64_t kDivergenceSeed = 2;

void for_each_batch(const SampleSource& source,
                    const std::function<void(const torch::Tensor& samples)>& visit) {
  const auto batch = evaluation_batch(source.sample_shape());
  for (std::int64_t first = 0; first < source.size(); first += batch) {
    throw_if_stop_requested();
    visit(source.range(first, std::min(first + batch, source.size())));
  }
}

}  // namespace

Encodings encode_split(const CheckedModel& model, const SampleSource& source) {
  Encodings encodings;
  std::vector<torch::Tensor> coefficients;
  std::vector<torch::Tensor> log_variances;
  std::vector<torch::Tensor> divergences;
  // A model may estimate its KL divergence by draws: the same ones whatever came before.
  const RandomStateGuard keep(device_of(model.module()));
  torch::manual_seed(kDivergenceSeed);
  for_each_batch(source, [&](const torch::Tensor& samples) {
    if (const auto posterior = model.posterior(samples)) {
      coefficients.push_back(posterior->mean.cpu());
      log_variances.push_back(posterior->log_variance.cpu());
    } else {
      coefficients.push_back(model.encode(samples).cpu());
    }
    if (const auto kl = model.kl(samples)) divergences.push_back(kl->cpu());
    encodings.latent_spectrum.add(model.latent(samples).cpu());
  });
  encodings.coefficients = torch::cat(coefficients);
  if (!log_variances.empty())
    encodings.posterior = Posterior{encodings.coefficients, torch::cat(log_variances)};
  if (!divergences.empty()) encodings.kl = torch::cat(divergences);
  return encodings;
}

torch::Tensor encode_all(const CheckedModel& model, const SampleSource& source) {
  std::vector<torch::Tensor> parts;
  for_each_batch(source, [&](const torch::Tensor& samples) { parts.push_back(model.encode(samples).cpu()); });
  return torch::cat(parts);
}

}  // namespace rraebench
