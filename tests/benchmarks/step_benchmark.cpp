// A training step of the papers' models: this project's plugins, and the same networks and losses in plain
// LibTorch (its own layers, linalg_svd, AdaBelief by tensor operations).
#include "host/program/planning/resources.hpp"
#include "host/worker/freed_memory.hpp"
#include "host/worker/training/optimisers.hpp"
#include "host/worker/training/step_threads.hpp"
#include "metrics/one_thread.hpp"
#include "rraebench/adabelief.hpp"
#include "rraebench/losses.hpp"
#include "tests/plugins/built_plugins.hpp"

#include <benchmark/benchmark.h>
#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>

#include <algorithm>
#include <optional>
#include <thread>

namespace {

namespace nn = torch::nn;

struct Row {
  const char* name;
  const char* plugin;
  std::vector<std::int64_t> sample_shape;
  std::int64_t batch;
  std::int64_t latent;
  std::int64_t rank;  // 0: a plain autoencoder.
};

const Row kRows[] = {
    {"rrae-strong mlp", "rrae-strong", {200}, 17, 4500, 1},
    {"long ae mlp", "ae", {200}, 17, 4500, 0},
    {"long ae mlp", "ae", {1200}, 20, 2800, 0},
    {"vrrae cnn 28x28x1", "vrrae", {1, 28, 28}, 576, 100, 16},
    {"vrrae cnn 64x64x1", "vrrae", {1, 64, 64}, 64, 200, 2},
    {"vrrae cnn 32x32x3", "vrrae", {3, 32, 32}, 128, 512, 64},
    {"vrrae cnn 160x160x3", "vrrae", {3, 160, 160}, 32, 512, 16},
};

bool is_image(const Row& row) {
  return row.sample_shape.size() == 3;
}

rraebench::Batch batch_of(const Row& row) {
  torch::manual_seed(7);
  std::vector<std::int64_t> shape{row.batch};
  shape.insert(shape.end(), row.sample_shape.begin(), row.sample_shape.end());
  // A few strong modes over noise, as real samples have.
  const auto modes = torch::randn({row.batch, 40}) * torch::logspace(0.0, -2.0, 40);
  const auto size = torch::zeros(row.sample_shape).numel();
  const auto samples = (modes.matmul(torch::randn({40, size})) + 0.3 * torch::randn({row.batch, size}))
                           .sigmoid()
                           .view(shape)
                           .contiguous();
  return {samples, torch::arange(row.batch)};
}

std::shared_ptr<rraebench::Model> plugin_model(const Row& row, const rraebench::PluginLibrary& library,
                                               const std::string& precision) {
  std::map<std::string, std::string> options{{"latent", std::to_string(row.latent)}};
  if (row.rank > 0) options["rank"] = std::to_string(row.rank);
  rraebench::ModelSpec spec;
  spec.sample_shape = row.sample_shape;
  spec.train_count = row.batch;
  spec.architecture = rraebench::make_architecture(is_image(row) ? "cnn-vrrae" : "mlp", {}, precision);
  spec.options = rraebench::Options(rraebench::declared_options(library), options);
  return library.create_model(spec, 3);
}

void ours(benchmark::State& state, const Row& row, const std::string& precision) {
  const auto library = rraebench::built_plugin(row.plugin);
  const auto model = plugin_model(row, library, precision);
  const auto batch = batch_of(row);
  const auto optimiser = rraebench::make_optimiser("adabelief", model->parameter_groups(), 1e-4);
  std::optional<rraebench::OneThread> one_thread;
  if (rraebench::threads_of_a_step(*model, row.batch, at::get_num_threads()) == 1) one_thread.emplace();
  model->train();
  const auto step = [&] {
    for (auto& group : optimiser->param_groups())
      for (auto& parameter : group.params()) parameter.mutable_grad().reset();
    const auto loss = model->loss(batch);
    benchmark::DoNotOptimize(loss.total.item<double>());
    loss.total.backward();
    optimiser->step();
  };
  step();
  for (auto _ : state) step();
}

void append_layers(nn::Sequential& network, std::int64_t inputs, std::int64_t outputs, std::int64_t depth,
                   std::int64_t width) {
  for (std::int64_t i = 0; i < depth; ++i) {
    network->push_back(nn::Linear(i == 0 ? inputs : width, width));
    network->push_back(nn::Softplus());
  }
  network->push_back(nn::Linear(depth == 0 ? inputs : width, outputs));
}

std::pair<nn::Sequential, nn::Sequential> plain_networks(const Row& row) {
  nn::Sequential encoder;
  nn::Sequential decoder;
  if (!is_image(row)) {
    append_layers(encoder, row.sample_shape[0], row.latent, 1, 64);
    append_layers(decoder, row.latent, row.sample_shape[0], 6, 64);
    return {encoder, decoder};
  }
  const auto channels = row.sample_shape[0];
  const auto side = row.sample_shape[1];
  const auto quarter = ((side + 1) / 2 + 1) / 2;
  const auto start = (side + 15) / 16;
  encoder = nn::Sequential(nn::Conv2d(nn::Conv2dOptions(channels, 32, 3).stride(2).padding(1)), nn::ReLU(),
                           nn::Conv2d(nn::Conv2dOptions(32, 64, 3).stride(2).padding(1)), nn::ReLU(),
                           nn::Flatten(), nn::Linear(64 * quarter * quarter, row.latent));
  decoder->push_back(nn::Linear(row.latent, 32 * start * start));
  decoder->push_back(nn::Unflatten(nn::UnflattenOptions(1, {32, start, start})));
  std::int64_t width = 32;
  for (const std::int64_t next : {256, 128, 32, 8}) {
    decoder->push_back(nn::ConvTranspose2d(
        nn::ConvTranspose2dOptions(width, next, 3).stride(2).padding(1).output_padding(1)));
    decoder->push_back(nn::ReLU());
    width = next;
  }
  decoder->push_back(nn::Conv2d(nn::Conv2dOptions(width, channels, 1 + 16 * start - side)));
  return {encoder, decoder};
}

void plain(benchmark::State& state, const Row& row) {
  auto networks = plain_networks(row);
  auto& encoder = networks.first;
  auto& decoder = networks.second;
  const bool variational = std::string(row.plugin) == "vrrae";
  auto log_variance = variational ? nn::Linear(row.rank, row.rank) : nn::Linear(1, 1);
  auto parameters = encoder->parameters();
  for (const auto& parameter : decoder->parameters()) parameters.push_back(parameter);
  if (variational)
    for (const auto& parameter : log_variance->parameters()) parameters.push_back(parameter);
  std::vector<torch::Tensor> means;
  std::vector<torch::Tensor> beliefs;
  for (const auto& parameter : parameters) {
    means.push_back(torch::zeros_like(parameter));
    beliefs.push_back(torch::zeros_like(parameter));
  }
  const auto batch = batch_of(row);
  const auto step = [&]() {
    for (auto& parameter : parameters) parameter.mutable_grad().reset();
    auto latent = encoder->forward(batch.samples);
    torch::Tensor kl;
    if (row.rank > 0) {
      const auto [left, values, right] = torch::linalg_svd(latent, /*full_matrices=*/false);
      auto coefficients = left.slice(1, 0, row.rank) * values.slice(0, 0, row.rank);
      if (variational) {
        const auto spread = log_variance->forward(coefficients);
        kl = rraebench::standard_normal_kl(coefficients, spread);
        coefficients = rraebench::sample_posterior(coefficients, spread);
      }
      latent = coefficients.matmul(right.slice(0, 0, row.rank));
    }
    auto loss = rraebench::relative_error_loss(decoder->forward(latent), batch.samples);
    if (kl.defined()) loss = loss + 1e-3 * kl;
    benchmark::DoNotOptimize(loss.item<double>());
    loss.backward();
    const torch::NoGradGuard no_gradients;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const auto& gradient = parameters[i].grad();
      means[i].mul_(0.9).add_(gradient, 0.1);
      const auto surprise = gradient - means[i];
      beliefs[i].mul_(0.999).addcmul_(surprise, surprise, 1e-3).add_(1e-16);
      parameters[i].addcdiv_(means[i], beliefs[i].sqrt().add_(1e-16), -1e-4);
    }
  };
  step();
  for (auto _ : state) step();
}

}  // namespace

int main(int argc, char** argv) {
  // As the worker does. On all cores, which LibTorch does not count everywhere.
  torch::set_num_threads(static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
  rraebench::keep_freed_memory();
  for (const auto& row : kRows) {
    std::string name = row.name;
    name += " batch " + std::to_string(row.batch) + " latent " + std::to_string(row.latent);
    benchmark::RegisterBenchmark((name + "/ours").c_str(), ours, row, "float32")
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
    if (is_image(row) && rraebench::processor_has_bfloat16())
      benchmark::RegisterBenchmark((name + "/ours in bfloat16").c_str(), ours, row, "bfloat16")
          ->Unit(benchmark::kMillisecond)
          ->UseRealTime();
    benchmark::RegisterBenchmark((name + "/plain LibTorch").c_str(), plain, row)
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
