#include "host/worker/checked_model.hpp"

#include "host/worker/random_state.hpp"

#include <cmath>

namespace rraebench {
namespace {

std::string shape_of(const torch::Tensor& tensor) {
  if (!tensor.defined()) return "nothing";
  if (tensor.dim() == 0) return "a scalar";
  std::string text;
  for (const auto extent : tensor.sizes()) text += (text.empty() ? "" : " x ") + std::to_string(extent);
  return text;
}

constexpr std::int64_t kPriorDraws = 4096;
constexpr std::uint64_t kPriorSeed = 1;
constexpr double kStandardErrors = 6.0;
// Of the k * k correlations some are far out by chance.
constexpr double kCorrelationErrors = 8.0;

/// `draws`: n x k.
bool looks_standard_normal(const torch::Tensor& draws) {
  const auto z = draws.to(torch::kCPU, torch::kFloat64);
  const auto n = static_cast<double>(z.size(0));
  const auto mean = z.mean(0);
  if (mean.abs().max().item<double>() > kStandardErrors / std::sqrt(n)) return false;
  const auto centred = z - mean;
  auto covariance = centred.t().matmul(centred) / n;
  const auto variance = covariance.diagonal();
  if ((variance - 1).abs().max().item<double>() > kStandardErrors * std::sqrt(2.0 / n)) return false;
  covariance.fill_diagonal_(0.0);
  return covariance.abs().max().item<double>() <= kCorrelationErrors / std::sqrt(n);
}

/// Batch as it was before contract 3.
struct EarlierBatch {
  torch::Tensor samples;
  torch::Tensor indices;
};
using NextEarlierBatch = std::function<std::optional<EarlierBatch>()>;
static_assert(sizeof(NextEarlierBatch) == sizeof(NextBatch));

}  // namespace

void finalise_model(Model& model, const NextBatch& samples, int contract) {
  constexpr int kFirstWithLabels = 3;
  if (contract >= kFirstWithLabels) return model.finalise(samples);
  const NextEarlierBatch earlier = [&samples]() -> std::optional<EarlierBatch> {
    const auto batch = samples();
    if (!batch) return std::nullopt;
    return EarlierBatch{batch->samples, batch->indices};
  };
  // The plugin alone calls it, as the type that it is.
  model.finalise(reinterpret_cast<const NextBatch&>(earlier));
}

void CheckedModel::require_numbers(const torch::Tensor& tensor, const char* call) const {
  if (!tensor.is_floating_point())
    throw std::runtime_error(std::string(call) + " returned values of type " +
                             c10::toString(tensor.scalar_type()) + ", expected floating point");
  if (!any_values_ && !tensor.isfinite().all().item<bool>())
    throw DivergedError(std::string(call) + " returned values that are not finite");
}

torch::Tensor CheckedModel::require_rows(const torch::Tensor& tensor, std::int64_t rows,
                                         const char* call) const {
  if (!tensor.defined() || tensor.dim() != 2 || tensor.size(0) != rows)
    throw std::runtime_error(std::string(call) + " returned " + shape_of(tensor) + ", expected a matrix of " +
                             std::to_string(rows) + " rows");
  require_numbers(tensor, call);
  return tensor;
}

Loss CheckedModel::loss(const Batch& batch) const {
  auto loss = model_->loss(batch);
  if (!loss.total.defined() || loss.total.numel() != 1)
    throw std::runtime_error("loss() returned " + shape_of(loss.total) + ", expected a scalar");
  return loss;
}

torch::Tensor CheckedModel::encode(const torch::Tensor& samples) const {
  return require_rows(model_->encode(samples), samples.size(0), "encode()");
}

torch::Tensor CheckedModel::decode(const torch::Tensor& coefficients) const {
  auto samples = model_->decode(coefficients);
  auto expected = sample_shape_;
  expected.insert(expected.begin(), coefficients.size(0));
  if (!samples.defined() || samples.sizes() != expected)
    throw std::runtime_error("decode() returned " + shape_of(samples) + ", expected " +
                             shape_of(torch::empty(expected, torch::kMeta)));
  require_numbers(samples, "decode()");
  return samples;
}

torch::Tensor CheckedModel::latent(const torch::Tensor& samples) const {
  return require_rows(model_->latent(samples), samples.size(0), "latent()");
}

std::optional<Posterior> CheckedModel::posterior(const torch::Tensor& samples) const {
  auto posterior = model_->posterior(samples);
  if (!posterior) return std::nullopt;
  require_rows(posterior->mean, samples.size(0), "posterior()'s mean");
  require_rows(posterior->log_variance, samples.size(0), "posterior()'s log variance");
  if (posterior->mean.sizes() != posterior->log_variance.sizes())
    throw std::runtime_error("posterior() returned a mean of " + shape_of(posterior->mean) +
                             " with a log variance of " + shape_of(posterior->log_variance));
  return posterior;
}

std::optional<torch::Tensor> CheckedModel::prior(std::int64_t count) const {
  auto coefficients = model_->prior(count);
  if (!coefficients) return std::nullopt;
  return require_rows(*coefficients, count, "prior()");
}

std::optional<torch::Tensor> CheckedModel::kl(const torch::Tensor& samples) const {
  constexpr int kFirstContract = 2;
  if (contract_ < kFirstContract) return std::nullopt;
  auto kl = model_->kl(samples);
  if (!kl) return std::nullopt;
  const auto rows = samples.size(0);
  if (!kl->defined() || kl->dim() < 1 || kl->dim() > 2 || kl->size(0) != rows)
    throw std::runtime_error("kl() returned " + shape_of(*kl) + ", expected " + std::to_string(rows) +
                             " values or a matrix of " + std::to_string(rows) + " rows");
  return kl;
}

bool CheckedModel::has_standard_prior() const {
  const RandomStateGuard keep(device_of(*model_));
  const torch::NoGradGuard no_gradients;
  torch::manual_seed(kPriorSeed);
  const auto draws = prior(kPriorDraws);
  return !draws || looks_standard_normal(*draws);
}

CheckedModel CheckedModel::with_any_values() const {
  auto model = *this;
  model.any_values_ = true;
  return model;
}

torch::Device device_of(const Model& model) {
  const auto parameters = model.parameters();
  if (!parameters.empty()) return parameters.front().device();
  const auto buffers = model.buffers();
  return buffers.empty() ? torch::Device(torch::kCPU) : buffers.front().device();
}

}  // namespace rraebench
