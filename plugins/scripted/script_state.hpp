#pragma once
// Implements: parameters and buffers of a TorchScript module as those of a torch::nn::Module of the same
// names, so that what trains, saves, loads and moves the one does so with the other.

#include <torch/csrc/jit/api/module.h>
#include <torch/nn/module.h>

#include <cstddef>
#include <vector>

namespace scripted {

class ScriptState {
 public:
  ScriptState() = default;

  /// Registers in `root`, under the names of the script. A tensor that stands at several places is registered
  /// at the first alone.
  ScriptState(torch::nn::Module& root, const torch::jit::Module& script);

  /// A script assigns buffers ("self.mean = ..."), which puts another tensor in the place of the registered
  /// one. Gives the registered one its value and puts it back. Call while no graph holds the old value.
  void take_up_assigned() const;

 private:
  struct Slot {
    c10::intrusive_ptr<c10::ivalue::Object> owner;
    std::size_t place;
    torch::Tensor registered;
  };

  void add(torch::nn::Module& target, const torch::jit::Module& script,
           std::vector<const c10::TensorImpl*>& known);

  std::vector<Slot> slots_;
};

}  // namespace scripted
