#include "plugins/sdk/src/networks/convolution.hpp"

#include "tests/sdk/layer_gradients.hpp"

#include <string>
#include <vector>

namespace rraebench::networks {
namespace {

TEST(Convolution, IsTorchsConvolutionWithItsGradients) {
  for (const std::int64_t channels : {1, 3, 32}) {
    torch::manual_seed(1);
    Convolution layer(torch::nn::Conv2dOptions(channels, 8, 3).stride(2).padding(1));
    layer->to(torch::kFloat64);
    const auto input = torch::randn({3, channels, 9, 9}, torch::kFloat64).requires_grad_();
    const std::vector<torch::Tensor> leaves = {input, layer->weight, layer->bias};
    const auto output = layer->forward(input);
    EXPECT_TRUE(output.is_contiguous(torch::MemoryFormat::ChannelsLast));
    expect_same(differentiate(output, leaves),
                differentiate(torch::conv2d(input, layer->weight, layer->bias, 2, 1), leaves), 1e-12);
  }
}

struct Narrow {
  std::int64_t in, out, kernel, height, width;
};

// The last layer of the image networks, and what its loops do not fill: channels and pixels that leave a
// rest.
const std::vector<Narrow> kNarrowCases = {
    {8, 1, 5, 32, 32}, {8, 3, 2, 9, 5}, {3, 4, 3, 3, 6}, {1, 1, 7, 8, 11}, {5, 2, 4, 7, 8}};

TEST(Convolution, ToFewChannelsIsTorchsConvolutionWithItsGradients) {
  for (const auto& shape : kNarrowCases)
    for (const auto type : {torch::kFloat64, torch::kFloat32}) {
      SCOPED_TRACE(std::to_string(shape.in) + " to " + std::to_string(shape.out));
      torch::manual_seed(1);
      Convolution layer(torch::nn::Conv2dOptions(shape.in, shape.out, shape.kernel));
      layer->to(type);
      const auto input = torch::randn({3, shape.in, shape.height, shape.width}, type).requires_grad_();
      const std::vector<torch::Tensor> leaves = {input, layer->weight, layer->bias};
      const auto output = layer->forward(input);
      EXPECT_TRUE(output.is_contiguous(torch::MemoryFormat::ChannelsLast));
      const auto tolerance = type == torch::kFloat64 ? 1e-12 : 1e-4;
      const auto expected = [&] { return torch::conv2d(input, layer->weight, layer->bias); };
      expect_same(differentiate(output, leaves), differentiate(expected(), leaves), tolerance);
      if (type == torch::kFloat64)
        expect_same(differentiate_twice(layer->forward(input), leaves),
                    differentiate_twice(expected(), leaves), 1e-9);
    }
}

TEST(Convolution, ToFewChannelsHasGradientsThatAgreeWithFiniteDifferences) {
  for (const auto& shape : kNarrowCases) {
    SCOPED_TRACE(std::to_string(shape.in) + " to " + std::to_string(shape.out));
    torch::manual_seed(1);
    Convolution layer(torch::nn::Conv2dOptions(shape.in, shape.out, shape.kernel));
    layer->to(torch::kFloat64);
    const auto input =
        torch::randn({2, shape.in, shape.height, shape.width}, torch::kFloat64).requires_grad_();
    expect_gradients_by_hand("NarrowConvolution", [&] { return layer->forward(input); },
                             {input, layer->weight, layer->bias});
  }
}

TEST(Convolution, ToFewChannelsIsTheSameForAnyNumberOfThreads) {
  torch::manual_seed(1);
  Convolution layer(torch::nn::Conv2dOptions(8, 1, 5));
  const auto input = torch::randn({17, 8, 32, 32});
  const auto results = [&](int threads) {
    const auto before = at::get_num_threads();
    at::set_num_threads(threads);
    auto result = differentiate(layer->forward(input), {layer->weight});
    at::set_num_threads(before);
    return result;
  };
  const auto one = results(1);
  for (const int threads : {2, 3}) {
    const auto several = results(threads);
    EXPECT_TRUE(several.output.equal(one.output));
    EXPECT_TRUE(several.gradients[0].equal(one.gradients[0]));
  }
}

TEST(Convolution, ToFewChannelsWithPaddingOrStepsIsTorchs) {
  for (const auto& options :
       {torch::nn::Conv2dOptions(4, 1, 3).padding(1), torch::nn::Conv2dOptions(4, 1, 3).stride(2),
        torch::nn::Conv2dOptions(4, 1, 3).bias(false), torch::nn::Conv2dOptions(4, 2, {2, 3}),
        torch::nn::Conv2dOptions(4, 2, 3).groups(2), torch::nn::Conv2dOptions(4, 1, 3).dilation(2)}) {
    Convolution layer(options);
    const auto input = torch::randn({2, 4, 9, 9});
    EXPECT_TRUE(
        torch::allclose(layer->forward(input), layer->torch::nn::Conv2dImpl::forward(input), 1e-5, 1e-5));
  }
  const Convolution small(torch::nn::Conv2dOptions(4, 1, 3));
  EXPECT_EQ(Convolution(small)->forward(torch::randn({2, 4, 3, 4})).sizes(),
            (std::vector<std::int64_t>{2, 1, 1, 2}));
}

// Products where the convolution has 64 outputs and the processor AMX, else LibTorch's kernels.
TEST(Convolution, InBfloat16IsTheSameUpToRounding) {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx512bf16")) GTEST_SKIP() << "LibTorch's own kernels lose too much here";
#endif
  for (const std::int64_t outputs : {64, 100, 16})
    for (const std::int64_t stride : {1, 2})
      for (const std::int64_t padding : {0, 1}) {
        SCOPED_TRACE(std::to_string(outputs) + " outputs, stride " + std::to_string(stride));
        torch::manual_seed(1);
        expect_same_in_bfloat16(
            Convolution(torch::nn::Conv2dOptions(5, outputs, 3).stride(stride).padding(padding)),
            Activation::kNone, torch::randn({4, 5, 9, 7}), [&](const std::vector<torch::Tensor>& of) {
              return torch::conv2d(of[0], of[1], of[2], stride, padding);
            });
      }
}

}  // namespace
}  // namespace rraebench::networks
