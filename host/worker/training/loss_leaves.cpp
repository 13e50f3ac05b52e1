#include "host/worker/training/loss_leaves.hpp"

#include "host/worker/checked_model.hpp"
#include "host/worker/random_state.hpp"

#include <torch/csrc/autograd/functions/accumulate_grad.h>
#include <torch/csrc/autograd/variable.h>

#include <string>
#include <unordered_map>
#include <unordered_set>

namespace rraebench {
namespace {

using torch::autograd::AccumulateGrad;
using torch::autograd::Node;

using Names = std::unordered_map<const c10::TensorImpl*, std::string>;

Names parameter_names(const Model& model) {
  Names names;
  for (const auto& item : model.named_parameters())
    names.emplace(item.value().unsafeGetTensorImpl(), item.key());
  return names;
}

}  // namespace

bool has_nothing_to_train(Model& model, const Batch& batch) {
  for (const auto& parameter : model.parameters())
    if (parameter.requires_grad()) return false;
  const RandomStateGuard keep(device_of(model));
  model.train();
  return !model.loss(batch).total.requires_grad();
}

LossLeaves::LossLeaves(const torch::Tensor& loss) {
  const auto add = [this](const torch::Tensor& leaf) { leaves_.emplace_back(leaf.getIntrusivePtr()); };
  if (!loss.requires_grad())
    throw std::runtime_error(
        "loss() has no gradient: no parameter that requires one has a part in it, or it was detached");
  if (loss.is_leaf()) {
    add(loss);
    return;
  }
  std::unordered_set<const Node*> seen;
  std::vector<Node*> open = {loss.grad_fn().get()};
  while (!open.empty()) {
    auto* node = open.back();
    open.pop_back();
    if (node == nullptr || !seen.insert(node).second) continue;
    if (const auto* leaf = dynamic_cast<AccumulateGrad*>(node)) add(leaf->variable);
    for (const auto& edge : node->next_edges())  // NOLINT(clang-analyzer-core.CallAndMessage): never null
      if (edge.function) open.push_back(edge.function.get());
  }
}

void LossLeaves::require_trained(const Model& model, const std::vector<ParameterGroup>& groups,
                                 bool all_are_trained) const {
  std::unordered_set<const c10::TensorImpl*> grouped;
  for (const auto& group : groups)
    for (const auto& parameter : group.parameters) grouped.insert(parameter.unsafeGetTensorImpl());
  const auto names = parameter_names(model);
  for (const auto& weak : leaves_) {
    const auto leaf = weak.lock();
    if (!leaf || grouped.count(leaf.get()) > 0) continue;
    const auto name = names.find(leaf.get());
    if (name == names.end())
      throw std::runtime_error(
          "loss() uses a tensor of " + std::to_string(leaf->numel()) +
          " values that is in no parameter group and is not registered: was a module held "
          "as a member without register_module()? It would be neither trained nor saved");
    if (all_are_trained)
      throw std::runtime_error("loss() uses parameter '" + name->second +
                               "', which is in no parameter group: parameter_groups() must hold every "
                               "parameter that requires a gradient");
  }
}

void require_saved(const Model& model, const std::vector<ParameterGroup>& groups) {
  std::unordered_set<const c10::TensorImpl*> registered;
  for (const auto& parameter : model.parameters()) registered.insert(parameter.unsafeGetTensorImpl());
  for (const auto& buffer : model.buffers()) registered.insert(buffer.unsafeGetTensorImpl());
  for (const auto& group : groups)
    for (const auto& parameter : group.parameters)
      if (registered.count(parameter.unsafeGetTensorImpl()) == 0)
        throw std::runtime_error("parameter_groups() hold a tensor of " + std::to_string(parameter.numel()) +
                                 " values that is not registered: it would be trained and not saved; use "
                                 "register_module() or register_parameter()");
}

}  // namespace rraebench
