// Layers of the image networks, a training step forward and backward: this project's, channels last, against
// LibTorch's conv_transpose2d and conv2d in its default layout. Shapes are those of the VRRAE paper's MNIST
// decoder, batch 576, and the last convolutions for MNIST and CIFAR-10. Read the ratio of the two lines of a
// shape. "in_bfloat16": the same, and the encoder's second layer, as layers that are trained in bfloat16,
// against LibTorch's convolutions in it, channels last, a transposed one as a gradient; weights in float32 on
// both sides.
#include "plugins/sdk/src/networks/channels_last.hpp"
#include "plugins/sdk/src/networks/convolution.hpp"
#include "plugins/sdk/src/networks/reduced_precision.hpp"
#include "plugins/sdk/src/networks/upsampling.hpp"
#include "tests/peers/training_steps.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <tuple>

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

Tensor in_bfloat16(const Tensor& values) {
  return rraebench::networks::channels_last(values.to(torch::kBFloat16));
}

/// A transposed convolution of stride 2 and padding 1, its kernel 3 and twice the extent, as the gradient of
/// a convolution.
class AsGradient : public torch::autograd::Function<AsGradient> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& input,
                        const Tensor& weight) {
    context->save_for_backward({input, weight});
    const auto extent = 2 * input.size(2);
    const auto shape = in_bfloat16(torch::empty({input.size(0), weight.size(1), extent, extent}));
    return std::get<0>(gradients(input, shape, weight, {true, false, false}));
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list upstream) {
    const auto saved = context->get_saved_variables();
    const auto of_weight = std::get<1>(gradients(saved[0], upstream[0], saved[1], {false, true, false}));
    return {torch::conv2d(upstream[0], saved[1], {}, 2, 1), of_weight};
  }

 private:
  static std::tuple<Tensor, Tensor, Tensor> gradients(const Tensor& upstream, const Tensor& input,
                                                      const Tensor& weight, std::array<bool, 3> which) {
    return torch::convolution_backward(upstream, input, weight, c10::nullopt, {2, 2}, {1, 1}, {1, 1}, false,
                                       {0, 0}, 1, which);
  }
};

void upsampling_in_bfloat16(benchmark::State& state, bool ours) {
  rraebench::networks::Upsampling layer(state.range(0), state.range(1), 3, 1);
  const auto parameters = layer->parameters();
  rraebench::networks::ReducedPrecision reduced{torch::nn::Sequential(layer)};
  train_steps(state, images(state.range(0), state.range(2), true), parameters, [&](const Tensor& input) {
    if (ours) return reduced->forward(input);
    const auto output = AsGradient::apply(in_bfloat16(input), in_bfloat16(parameters[0]));
    return (output + parameters[1].view({1, -1, 1, 1})).to(torch::kFloat32);
  });
}

void convolution_in_bfloat16(benchmark::State& state, bool ours) {
  rraebench::networks::Convolution layer(
      torch::nn::Conv2dOptions(state.range(0), state.range(1), 3).stride(2).padding(1));
  rraebench::networks::ReducedPrecision reduced{torch::nn::Sequential(layer)};
  train_steps(state, images(state.range(0), state.range(2), true), layer->parameters(),
              [&](const Tensor& input) {
                if (ours) return reduced->forward(input);
                return torch::conv2d(in_bfloat16(input), in_bfloat16(layer->weight),
                                     layer->bias.to(torch::kBFloat16), 2, 1)
                    .to(torch::kFloat32);
              });
}

void strided_shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"in", "out", "extent"})->Args({32, 64, 14})->Unit(benchmark::kMillisecond);
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
BENCHMARK_CAPTURE(upsampling_in_bfloat16, torch, false)->Apply(upsampling_shapes);
BENCHMARK_CAPTURE(upsampling_in_bfloat16, ours, true)->Apply(upsampling_shapes);
BENCHMARK_CAPTURE(convolution_in_bfloat16, torch, false)->Apply(strided_shapes);
BENCHMARK_CAPTURE(convolution_in_bfloat16, ours, true)->Apply(strided_shapes);
BENCHMARK_CAPTURE(convolution, torch, false)->Apply(convolution_shapes);
BENCHMARK_CAPTURE(convolution, channels_last, true)->Apply(convolution_shapes);

}  // namespace

int main(int argc, char** argv) {
  rraebench::train_as_the_worker();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
