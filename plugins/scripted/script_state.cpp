#include "script_state.hpp"

#include <algorithm>
#include <memory>
#include <string>

namespace scripted {

ScriptState::ScriptState(torch::nn::Module& root, const torch::jit::Module& script) {
  std::vector<const c10::TensorImpl*> known;
  add(root, script, known);
}

void ScriptState::add(torch::nn::Module& target, const torch::jit::Module& script,
                      std::vector<const c10::TensorImpl*>& known) {
  const auto take = [&](const std::string& name, const torch::Tensor& tensor) {
    slots_.push_back({script._ivalue(), script.type()->getAttributeSlot(name), tensor});
    const auto* impl = tensor.unsafeGetTensorImpl();
    if (std::find(known.begin(), known.end(), impl) != known.end()) return false;
    known.push_back(impl);
    return true;
  };
  for (const auto& item : script.named_parameters(/*recurse=*/false))
    if (take(item.name, item.value))
      target.register_parameter(item.name, item.value, item.value.requires_grad());
  for (const auto& item : script.named_buffers(/*recurse=*/false))
    if (take(item.name, item.value)) target.register_buffer(item.name, item.value);
  for (const auto& child : script.named_children())
    add(*target.register_module(child.name, std::make_shared<torch::nn::Module>(child.name)), child.value,
        known);
}

void ScriptState::take_up_assigned() const {
  for (const auto& slot : slots_) {
    const auto& value = slot.owner->getSlot(slot.place);
    if (!value.isTensor() || value.toTensor().is_same(slot.registered)) continue;
    // A new storage, in which graphs and saved answers of before have no part.
    auto registered = slot.registered;
    registered.set_data(value.toTensor().detach().to(registered.device()).clone());
    slot.owner->setSlot(slot.place, registered);
  }
}

}  // namespace scripted
