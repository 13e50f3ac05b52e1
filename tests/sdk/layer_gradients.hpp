#pragma once
// What the tests of layers compare: outputs and gradients with LibTorch's, with finite differences, and in
// bfloat16 with double precision.

#include "plugins/sdk/src/networks/activation.hpp"
#include "plugins/sdk/src/networks/reduced_precision.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace rraebench::networks {

struct Results {
  torch::Tensor output;
  std::vector<torch::Tensor> gradients;
};

inline torch::Tensor weighted_sum(const torch::Tensor& output) {
  torch::manual_seed(7);
  return (output * torch::randn(output.sizes(), output.options())).sum();
}

/// Of a weighted sum of a layer's output, for every leaf.
inline std::vector<torch::Tensor> gradients_of(const torch::Tensor& output,
                                               const std::vector<torch::Tensor>& leaves,
                                               bool create_graph = false) {
  return torch::autograd::grad({weighted_sum(output)}, leaves, {}, c10::nullopt, create_graph);
}

/// The penalty of contractive and of gradient-penalised models: the squared norm of gradients.
inline torch::Tensor gradient_penalty(const torch::Tensor& output, const std::vector<torch::Tensor>& leaves) {
  auto penalty = torch::zeros({}, output.options());
  for (const auto& gradient : gradients_of(output.square(), leaves, /*create_graph=*/true))
    penalty = penalty + gradient.square().sum();
  return penalty;
}

inline Results differentiate(const torch::Tensor& output, const std::vector<torch::Tensor>& leaves) {
  return {output.detach(), gradients_of(output, leaves)};
}

inline Results differentiate_twice(const torch::Tensor& output, const std::vector<torch::Tensor>& leaves) {
  const auto penalty = gradient_penalty(output, leaves);
  return {penalty.detach(), torch::autograd::grad({penalty}, leaves)};
}

/// (f(x + h) - f(x - h)) / 2h at one entry of a contiguous leaf.
inline double central_difference(const std::function<torch::Tensor()>& value, const torch::Tensor& leaf,
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
inline void expect_finite_differences(const std::function<torch::Tensor()>& value,
                                      const std::vector<torch::Tensor>& leaves, double step,
                                      double tolerance) {
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
inline void expect_gradients_by_hand(const std::string& function,
                                     const std::function<torch::Tensor()>& output,
                                     const std::vector<torch::Tensor>& leaves) {
  ASSERT_THAT(output().grad_fn()->name(), ::testing::HasSubstr(function));
  expect_finite_differences([&] { return weighted_sum(output()); }, leaves, 1e-6, 1e-8);
  expect_finite_differences([&] { return gradient_penalty(output(), leaves); }, leaves, 1e-5, 1e-7);
}

inline void expect_same(const Results& actual, const Results& expected, double tolerance) {
  ASSERT_EQ(actual.output.sizes(), expected.output.sizes());
  EXPECT_TRUE(torch::allclose(actual.output, expected.output, tolerance, tolerance));
  for (std::size_t i = 0; i < expected.gradients.size(); ++i) {
    ASSERT_EQ(actual.gradients[i].sizes(), expected.gradients[i].sizes());
    EXPECT_TRUE(torch::allclose(actual.gradients[i], expected.gradients[i], tolerance, tolerance)) << i;
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

}  // namespace rraebench::networks
