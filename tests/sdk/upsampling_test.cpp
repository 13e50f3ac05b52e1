#include "plugins/sdk/src/networks/upsampling.hpp"

#include "tests/sdk/layer_gradients.hpp"

#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace rraebench::networks {
namespace {

struct Case {
  std::int64_t channels_in;
  std::int64_t channels_out;
  std::int64_t kernel;
  std::int64_t output_padding;
  std::int64_t height;
  std::int64_t width;
};

// The papers' layers: kernel 3 of the VRRAE paper, kernel 4 of the RRAE paper; and a single pixel.
const std::vector<Case> kCases = {
    {5, 3, 3, 1, 4, 4}, {8, 1, 3, 1, 7, 5}, {1, 8, 3, 1, 2, 2}, {3, 2, 4, 0, 7, 7}, {4, 4, 4, 0, 1, 1}};

void expect_torchs_transposed_convolution(const Case& shape, Activation activation, torch::ScalarType type,
                                          torch::MemoryFormat format, double tolerance) {
  torch::manual_seed(1);
  Upsampling layer(shape.channels_in, shape.channels_out, shape.kernel, shape.output_padding, activation);
  layer->to(type);
  const auto input = torch::randn({3, shape.channels_in, shape.height, shape.width}, type)
                         .contiguous(format)
                         .requires_grad_();
  const auto weight = layer->named_parameters()["weight"];
  const auto bias = layer->named_parameters()["bias"];
  const std::vector<torch::Tensor> leaves = {input, weight, bias};
  const auto expected = [&] {
    const auto output =
        torch::conv_transpose2d(input, weight, bias, /*stride=*/2, /*padding=*/1, shape.output_padding);
    return activation == Activation::kRelu ? output.relu() : output;
  };
  expect_same(differentiate(layer->forward(input), leaves), differentiate(expected(), leaves), tolerance);
  if (type == torch::kFloat64)
    expect_same(differentiate_twice(layer->forward(input), leaves), differentiate_twice(expected(), leaves),
                tolerance);
}

TEST(Upsampling, IsTorchsTransposedConvolutionWithItsGradients) {
  for (const auto& shape : kCases)
    for (const auto format : {torch::MemoryFormat::Contiguous, torch::MemoryFormat::ChannelsLast}) {
      SCOPED_TRACE(std::to_string(shape.channels_in) + " to " + std::to_string(shape.channels_out));
      for (const auto activation : {Activation::kNone, Activation::kRelu}) {
        expect_torchs_transposed_convolution(shape, activation, torch::kFloat64, format, 1e-12);
        expect_torchs_transposed_convolution(shape, activation, torch::kFloat32, format, 1e-4);
      }
    }
}

TEST(Upsampling, GradientsAgreeWithFiniteDifferences) {
  for (const auto& shape : kCases)
    for (const auto activation : {Activation::kNone, Activation::kRelu}) {
      SCOPED_TRACE(std::to_string(shape.channels_in) + " to " + std::to_string(shape.channels_out));
      torch::manual_seed(1);
      Upsampling layer(shape.channels_in, shape.channels_out, shape.kernel, shape.output_padding, activation);
      layer->to(torch::kFloat64);
      const auto input =
          torch::randn({2, shape.channels_in, shape.height, shape.width}, torch::kFloat64).requires_grad_();
      const auto parameters = layer->named_parameters();
      expect_gradients_by_hand("TransposedConvolution", [&] { return layer->forward(input); },
                               {input, parameters["weight"], parameters["bias"]});
    }
}

// Both ways on a processor with AMX: products where the convolution has 64 outputs, LibTorch's kernels where
// it has fewer.
TEST(Upsampling, InBfloat16IsTheSameUpToRounding) {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx512bf16")) GTEST_SKIP() << "LibTorch's own kernels lose too much here";
#endif
  for (const std::int64_t channels : {64, 130, 16})
    for (const auto& [kernel, output_padding, extent] :
         std::vector<std::array<std::int64_t, 3>>{{3, 1, 4}, {4, 0, 7}, {3, 1, 1}})
      for (const auto activation : {Activation::kNone, Activation::kRelu}) {
        SCOPED_TRACE(std::to_string(channels) + " channels, " + std::to_string(extent) + " pixels");
        torch::manual_seed(1);
        const auto padding = output_padding;
        expect_same_in_bfloat16(Upsampling(channels, 6, kernel, output_padding, activation), activation,
                                torch::randn({5, channels, extent, extent}),
                                [padding](const std::vector<torch::Tensor>& of) {
                                  return torch::conv_transpose2d(of[0], of[1], of[2], 2, 1, padding);
                                });
      }
}

TEST(Upsampling, TakesAnInputThatNeedsNoGradient) {
  Upsampling layer(2, 3, 3, 1);
  layer->forward(torch::randn({4, 2, 5, 5})).sum().backward();
  for (const auto& parameter : layer->parameters()) EXPECT_TRUE(parameter.grad().defined());
}

TEST(Upsampling, StartsWithinThePapersBounds) {
  torch::manual_seed(1);
  const Upsampling layer(16, 64, 3, 1);
  const double bound = 1.0 / std::sqrt(16 * 3 * 3);
  for (const auto& parameter : layer->parameters()) {
    EXPECT_LE(parameter.abs().max().item<double>(), bound);
    EXPECT_GT(parameter.abs().max().item<double>(), 0.9 * bound);
  }
}

}  // namespace
}  // namespace rraebench::networks
