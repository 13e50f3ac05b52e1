#include "host/worker/checked_model.hpp"

namespace rraebench {
namespace {

std::string shape_of(const torch::Tensor& tensor) {
  if (!tensor.defined()) return "nothing";
  if (tensor.dim() == 0) return "a scalar";
  std::string text;
  for (const auto extent : tensor.sizes()) text += (text.empty() ? "" : " x ") + std::to_string(extent);
  return text;
}

void require_finite(const torch::Tensor& tensor, const char* call) {
  if (!tensor.isfinite().all().item<bool>())
    throw DivergedError(std::string(call) + " returned values that are not finite");
}

torch::Tensor require_rows(const torch::Tensor& tensor, std::int64_t rows, const char* call) {
  if (!tensor.defined() || tensor.dim() != 2 || tensor.size(0) != rows)
    throw std::runtime_error(std::string(call) + " returned " + shape_of(tensor) + ", expected a matrix of " +
                             std::to_string(rows) + " rows");
  require_finite(tensor, call);
  return tensor;
}

}  // namespace

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
  require_finite(samples, "decode()");
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

}  // namespace rraebench
