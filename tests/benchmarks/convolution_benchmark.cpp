// Layers of the image networks, a training step forward and backward: this project's, channels last, against
// LibTorch's conv_transpose2d and conv2d in its default layout. Shapes are those of the VRRAE paper's MNIST
// decoder, batch 576, and the last convolutions for MNIST and CIFAR-10. Read the ratio of the two lines of a
// shape.
#include "plugins/sdk/src/networks/channels_last.hpp"

#include <benchmark/benchmark.h>

namespace {

using torch::Tensor;

constexpr std::int64_t kBatch = 576;

template <typename Forward>
void train_steps(benchmark::State& state, const Tensor& input, const std::vector<Tensor>& parameters,
                 const Forward& forward) {
  const auto gradient = torch::randn_like(forward(input));
  auto leaves = parameters;
  leaves.push_back(input);
  for (auto _ : state) {
    const auto gradients = torch::autograd::grad({forward(input)}, leaves, {gradient});
    benchmark::DoNotOptimize(gradients.front().data_ptr());
  }
}

Tensor images(std::int64_t channels, std::int64_t extent, bool channels_last) {
  const auto format = channels_last ? torch::MemoryFormat::ChannelsLast : torch::MemoryFormat::Contiguous;
  return torch::randn({kBatch, channels, extent, extent}).contiguous(format).requires_grad_();
}

void upsampling(benchmark::State& state, bool ours) {
  rraebench::networks::Upsampling layer(state.range(0), state.range(1), 3, 1);
  const auto weight = layer->named_parameters()["weight"];
  const auto bias = layer->named_parameters()["bias"];
  train_steps(state, images(state.range(0), state.range(2), ours), layer->parameters(),
              [&](const Tensor& input) {
                return ours ? layer->forward(input)
                            : torch::conv_transpose2d(input, weight, bias, 2, 1, /*output_padding=*/1);
              });
}

void convolution(benchmark::State& state, bool ours) {
  rraebench::networks::Convolution layer(
      torch::nn::Conv2dOptions(state.range(0), state.range(1), state.range(3)));
  train_steps(state, images(state.range(0), state.range(2), ours), layer->parameters(),
              [&](const Tensor& input) {
                return ours ? layer->forward(input) : torch::conv2d(input, layer->weight, layer->bias);
              });
}

void upsampling_shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"in", "out", "extent"})
      ->Args({32, 256, 2})
      ->Args({256, 128, 4})
      ->Args({128, 32, 8})
      ->Args({32, 8, 16})
      ->Unit(benchmark::kMillisecond);
}

void convolution_shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"in", "out", "extent", "kernel"})
      ->Args({8, 1, 32, 5})
      ->Args({8, 3, 32, 1})
      ->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(upsampling, torch, false)->Apply(upsampling_shapes);
BENCHMARK_CAPTURE(upsampling, channels_last, true)->Apply(upsampling_shapes);
BENCHMARK_CAPTURE(convolution, torch, false)->Apply(convolution_shapes);
BENCHMARK_CAPTURE(convolution, channels_last, true)->Apply(convolution_shapes);

}  // namespace

BENCHMARK_MAIN();
