#include "tests/peers/plain_model.hpp"

#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>

namespace rraebench {
namespace {

using torch::nn::Sequential;

constexpr double kBeta = 1e-3;  // The plugin's default.

void append_mlp(Sequential& network, std::int64_t inputs, std::int64_t outputs, int depth) {
  constexpr std::int64_t kWidth = 64;
  for (int layer = 0; layer < depth; ++layer) {
    network->push_back(torch::nn::Linear(inputs, kWidth));
    network->push_back(torch::nn::Softplus());
    inputs = kWidth;
  }
  network->push_back(torch::nn::Linear(inputs, outputs));
}

Sequential image_encoder(std::int64_t channels, std::int64_t extent, std::int64_t latent) {
  Sequential network;
  for (const std::int64_t next : {32, 64}) {
    network->push_back(torch::nn::Conv2d(torch::nn::Conv2dOptions(channels, next, 3).stride(2).padding(1)));
    network->push_back(torch::nn::ReLU());
    channels = next;
    extent = (extent + 1) / 2;
  }
  network->push_back(torch::nn::Flatten());
  network->push_back(torch::nn::Linear(channels * extent * extent, latent));
  return network;
}

Sequential image_decoder(std::int64_t channels_out, std::int64_t extent, std::int64_t latent) {
  constexpr std::int64_t kFirstChannels = 32;
  const auto start = (extent + 15) / 16;
  Sequential network;
  network->push_back(torch::nn::Linear(latent, kFirstChannels * start * start));
  network->push_back(torch::nn::Unflatten(torch::nn::UnflattenOptions(1, {kFirstChannels, start, start})));
  auto channels = kFirstChannels;
  for (const std::int64_t next : {256, 128, 32, 8}) {
    network->push_back(torch::nn::ConvTranspose2d(
        torch::nn::ConvTranspose2dOptions(channels, next, 3).stride(2).padding(1).output_padding(1)));
    network->push_back(torch::nn::ReLU());
    channels = next;
  }
  network->push_back(
      torch::nn::Conv2d(torch::nn::Conv2dOptions(channels, channels_out, 1 + 16 * start - extent)));
  return network;
}

}  // namespace

PlainModel::PlainModel(const TrainingStep& step) : rank_(step.rank), variational_(step.plugin == "vrrae") {
  Sequential encoder;
  Sequential decoder;
  if (step.family == "mlp") {
    append_mlp(encoder, step.sample_shape[0], step.latent, 1);
    append_mlp(decoder, step.latent, step.sample_shape[0], 6);
  } else {
    encoder = image_encoder(step.sample_shape[0], step.sample_shape[1], step.latent);
    decoder = image_decoder(step.sample_shape[0], step.sample_shape[1], step.latent);
  }
  encoder_ = register_module("encoder", encoder);
  if (variational_) log_variance_ = register_module("log_variance", torch::nn::Linear(rank_, rank_));
  decoder_ = register_module("decoder", decoder);
}

torch::Tensor PlainModel::loss(const torch::Tensor& samples) {
  auto latent = encoder_->forward(samples);
  torch::Tensor penalty;
  if (rank_ > 0) latent = reconstruct_by_modes(latent, penalty);
  const auto error = 100 * (decoder_->forward(latent) - samples).norm() / samples.norm();
  return penalty.defined() ? error + penalty : error;
}

torch::Tensor PlainModel::reconstruct_by_modes(const torch::Tensor& latent, torch::Tensor& penalty) {
  const auto [v, s, ut] = torch::linalg_svd(latent, /*full_matrices=*/false);
  const auto coefficients = v.slice(1, 0, rank_) * s.slice(0, 0, rank_);  // N x k
  const auto basis = ut.slice(0, 0, rank_);                               // k x L
  if (!variational_) return coefficients.matmul(basis);
  const auto largest = basis.detach().abs().argmax(1, /*keepdim=*/true);
  const auto signs = basis.detach().gather(1, largest).sign();  // k x 1
  const auto mean = coefficients * signs.t();
  const auto log_variance = log_variance_->forward(mean);
  penalty = kBeta * -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum();
  const auto z = mean + torch::randn(mean.sizes(), mean.options()) * (0.5 * log_variance).exp();
  return z.matmul(basis * signs);
}

PlainTraining::PlainTraining(std::shared_ptr<PlainModel> model, torch::Tensor batch)
    : model_(std::move(model)), batch_(std::move(batch)), optimiser_(model_->parameters(), /*lr=*/1e-6) {}

void PlainTraining::step() {
  optimiser_.zero_grad();
  const auto loss = model_->loss(batch_);
  loss.item<float>();  // As whoever watches the loss.
  loss.backward();
  optimiser_.step();
}

}  // namespace rraebench
