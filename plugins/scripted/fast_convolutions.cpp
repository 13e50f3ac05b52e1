#include "fast_convolutions.hpp"

#include "../sdk/src/networks/channels_last.hpp"
#include "../sdk/src/networks/upsampling.hpp"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/op_registration/op_registration.h>
#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/passes/inliner.h>

#include <algorithm>
#include <string>
#include <vector>

namespace scripted {
namespace {

using rraebench::networks::Activation;
using torch::jit::Block;
using torch::jit::Node;

constexpr const char* kConvolution = "rraebench::conv2d";
constexpr const char* kTransposed = "rraebench::conv_transpose2d";
constexpr const char* kTransposedRelu = "rraebench::conv_transpose2d_relu";

bool all_are(at::IntArrayRef values, std::int64_t value) {
  return std::all_of(values.begin(), values.end(), [&](auto own) { return own == value; });
}

torch::Tensor convolution(const torch::Tensor& input, const torch::Tensor& weight,
                          const c10::optional<torch::Tensor>& bias, at::IntArrayRef stride,
                          at::IntArrayRef padding, at::IntArrayRef dilation, std::int64_t groups) {
  if (!input.is_cpu() || input.dim() != 4)
    return at::conv2d(input, weight, bias, stride, padding, dilation, groups);
  return rraebench::networks::channels_last(
      at::conv2d(rraebench::networks::channels_last(input), weight, bias, stride, padding, dilation, groups));
}

template <Activation kActivation>
torch::Tensor transposed(const torch::Tensor& input, const torch::Tensor& weight,
                         const c10::optional<torch::Tensor>& bias, at::IntArrayRef stride,
                         at::IntArrayRef padding, at::IntArrayRef output_padding, std::int64_t groups,
                         at::IntArrayRef dilation) {
  if (input.is_cpu() && input.dim() == 4 && bias && bias->defined() && groups == 1 &&
      !output_padding.empty() && all_are(stride, 2) && all_are(padding, 1) && all_are(dilation, 1) &&
      all_are(output_padding, output_padding[0]))
    return rraebench::networks::upsample(input, weight, *bias, output_padding[0], kActivation);
  const auto output =
      at::conv_transpose2d(input, weight, bias, stride, padding, output_padding, groups, dilation);
  return kActivation == Activation::kRelu ? output.relu() : output;
}

/// Makes the layers known to scripts under names of their own, for as long as this library is loaded.
void register_layers() {
  if (c10::Dispatcher::singleton().findSchema({kConvolution, ""})) return;
  const std::string arguments =
      "(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] output_padding, int "
      "groups, int[] dilation) -> Tensor";
  const auto options = [] { return c10::RegisterOperators::options(); };
  static const auto registered =
      c10::RegisterOperators()
          .op(std::string(kConvolution) +
                  "(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, "
                  "int groups) -> Tensor",
              options().catchAllKernel<decltype(convolution), &convolution>())
          .op(kTransposed + arguments,
              options()
                  .catchAllKernel<decltype(transposed<Activation::kNone>), &transposed<Activation::kNone>>())
          .op(kTransposedRelu + arguments,
              options()
                  .catchAllKernel<decltype(transposed<Activation::kRelu>), &transposed<Activation::kRelu>>());
}

Node* replace(Node* node, const char* name) {
  auto* const by = node->replaceWithNewSymbol(c10::Symbol::fromQualString(name));
  node->destroy();
  return by;
}

/// The ReLU that alone takes the node's output; null where there is none.
Node* relu_of(Node* node) {
  const auto& uses = node->output()->uses();
  if (uses.size() != 1) return nullptr;
  auto* const user = uses[0].user;
  return user->kind() == c10::aten::relu || user->kind() == c10::aten::relu_ ? user : nullptr;
}

void replace_in(Block* block) {
  const std::vector<Node*> nodes(block->nodes().begin(), block->nodes().end());
  std::vector<Node*> fused;  // ReLUs without use, which `nodes` still names.
  for (auto* node : nodes) {
    for (auto* inner : node->blocks()) replace_in(inner);
    if (node->matches("aten::conv2d(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=1, int[2] "
                      "padding=0, int[2] dilation=1, int groups=1) -> Tensor")) {
      replace(node, kConvolution);
    } else if (node->kind() == c10::aten::conv_transpose2d) {
      auto* const relu = relu_of(node);
      auto* const by = replace(node, relu == nullptr ? kTransposed : kTransposedRelu);
      if (relu == nullptr) continue;
      relu->output()->replaceAllUsesWith(by->output());
      fused.push_back(relu);
    }
  }
  for (auto* relu : fused) relu->destroy();
}

}  // namespace

void use_fast_convolutions(const torch::jit::Module& module) {
  register_layers();
  const auto methods = module.get_methods();
  for (const auto& method : methods) {
    const auto graph = method.graph();
    torch::jit::Inline(*graph);
    replace_in(graph->block());
  }
  // To be inlined into another method, one was prepared as it was before.
  for (const auto& method : methods)
    if (auto* function = torch::jit::tryToGraphFunction(method.function()))
      function->clear_optimized_graphs();
}

}  // namespace scripted
