#include "plugins/sdk/src/networks/channels_last.hpp"

#include "plugins/sdk/src/networks/reduced_precision.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>

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

struct Results {
  torch::Tensor output;
  std::vector<torch::Tensor> gradients;
};

torch::Tensor weighted_sum(const torch::Tensor& output) {
  torch::manual_seed(7);
  return (output * torch::randn(output.sizes(), output.options())).sum();
}

/// Of a weighted sum of a layer's output, for every leaf.
std::vector<torch::Tensor> gradients_of(const torch::Tensor& output, const std::vector<torch::Tensor>& leaves,
                                        bool create_graph = false) {
  return torch::autograd::grad({weighted_sum(output)}, leaves, {}, c10::nullopt, create_graph);
}

/// The penalty of contractive and of gradient-penalised models: the squared norm of gradients.
torch::Tensor gradient_penalty(const torch::Tensor& output, const std::vector<torch::Tensor>& leaves) {
  auto penalty = torch::zeros({}, output.options());
  for (const auto& gradient : gradients_of(output.square(), leaves, /*create_graph=*/true))
    penalty = penalty + gradient.square().sum();
  return penalty;
}

Results differentiate(const torch::Tensor& output, const std::vector<torch::Tensor>& leaves) {
  return {output.detach(), gradients_of(output, leaves)};
}

Results differentiate_twice(const torch::Tensor& output, const std::vector<torch::Tensor>& leaves) {
  const auto penalty = gradient_penalty(output, leaves);
  return {penalty.detach(), torch::autograd::grad({penalty}, leaves)};
}

/// (f(x + h) - f(x - h)) / 2h at one entry of a contiguous leaf.
double central_difference(const std::function<torch::Tensor()>& value, const torch::Tensor& leaf,
                          std::int64_t entry, double step) {
  auto place = leaf.detach().view(-1)[entry];  // Shares the leaf's memory.
  const auto before = place.clone();
  const auto value_at = [&](double shift) {
    place.copy_(before + shift);
    return value().item<double>();
  };
  const double above = value_at(step);
  const double below = value_at(-step);
  place.copy_(before);
  return (above - below) / (2.0 * step);
}

/// Of a few entries of every leaf, whichever way the gradient is computed: by loops, or by the tensor
/// operations that a gradient of it needs.
void expect_finite_differences(const std::function<torch::Tensor()>& value,
                               const std::vector<torch::Tensor>& leaves, double step, double tolerance) {
  constexpr std::int64_t kEntries = 6;
  for (const bool create_graph : {false, true}) {
    const auto gradients = torch::autograd::grad({value()}, leaves, {}, c10::nullopt, create_graph);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      torch::manual_seed(11);
      const auto order = torch::randperm(leaves[i].numel());
      const double scale = std::max(1.0, gradients[i].abs().max().item<double>());
      for (std::int64_t k = 0; k < std::min(kEntries, order.numel()); ++k) {
        const auto entry = order[k].item<std::int64_t>();
        EXPECT_NEAR(gradients[i].reshape(-1)[entry].item<double>(),
                    central_difference(value, leaves[i], entry, step), tolerance * scale)
            << "leaf " << i << ", entry " << entry;
      }
    }
  }
}

/// Of a layer whose gradient `function` has by hand, and of that gradient's. The output is linear in every
/// entry but for the kinks of a ReLU, so that differences of its weighted sum are exact up to rounding.
void expect_gradients_by_hand(const std::string& function, const std::function<torch::Tensor()>& output,
                              const std::vector<torch::Tensor>& leaves) {
  ASSERT_THAT(output().grad_fn()->name(), ::testing::HasSubstr(function));
  expect_finite_differences([&] { return weighted_sum(output()); }, leaves, 1e-6, 1e-8);
  expect_finite_differences([&] { return gradient_penalty(output(), leaves); }, leaves, 1e-5, 1e-7);
}

void expect_same(const Results& actual, const Results& expected, double tolerance) {
  ASSERT_EQ(actual.output.sizes(), expected.output.sizes());
  EXPECT_TRUE(torch::allclose(actual.output, expected.output, tolerance, tolerance));
  for (std::size_t i = 0; i < expected.gradients.size(); ++i) {
    ASSERT_EQ(actual.gradients[i].sizes(), expected.gradients[i].sizes());
    EXPECT_TRUE(torch::allclose(actual.gradients[i], expected.gradients[i], tolerance, tolerance)) << i;
  }
}

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

/// `layer` trained in bfloat16 against `expected` in double precision, of values that bfloat16 has exactly.
/// What is rounded between, and to what, the layers may choose: eight bits of the largest remain. Where a
/// ReLU opens, the layer's own output says.
template <typename Layer, typename Expected>
void expect_same_in_bfloat16(Layer layer, Activation activation, const torch::Tensor& images,
                             const Expected& expected) {
  {
    const torch::NoGradGuard no_gradients;
    for (auto& parameter : layer->parameters()) parameter.copy_(parameter.to(torch::kBFloat16));
  }
  const auto input = images.to(torch::kBFloat16).to(torch::kFloat32).requires_grad_();
  ReducedPrecision reduced{torch::nn::Sequential(layer)};
  std::vector<torch::Tensor> leaves = {input};
  for (const auto& parameter : layer->parameters()) leaves.push_back(parameter);
  std::vector<torch::Tensor> exact;
  for (const auto& leaf : leaves) exact.push_back(leaf.detach().to(torch::kFloat64).requires_grad_());
  const auto actual = reduced->forward(input);
  auto plain = expected(exact);
  if (activation == Activation::kRelu) plain = plain * (actual > 0);
  torch::manual_seed(7);
  const auto upstream = torch::randn(plain.sizes()).to(torch::kBFloat16);
  const auto gradients = [&](const torch::Tensor& output, const std::vector<torch::Tensor>& of, bool graph) {
    return torch::autograd::grad({output}, of, {upstream.to(output.scalar_type())}, true, graph);
  };
  const auto expect_near = [](const torch::Tensor& a, const torch::Tensor& b) {
    ASSERT_EQ(a.sizes(), b.sizes());
    EXPECT_LT((a.to(torch::kFloat64) - b).norm().item<double>(), 0.01 * b.norm().item<double>());
  };
  expect_near(actual, plain);
  const auto exact_gradients = gradients(plain, exact, false);
  for (const bool graph : {false, true}) {
    const auto own = gradients(actual, leaves, graph);
    for (std::size_t i = 0; i < exact.size(); ++i) {
      SCOPED_TRACE(i);
      expect_near(own[i], exact_gradients[i]);
    }
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

}  // namespace
}  // namespace rraebench::networks
