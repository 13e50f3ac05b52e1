#pragma once
// Implements: the convolutions of the image networks (plugins/sdk) in the place of LibTorch's in a script.

#include <torch/csrc/jit/api/module.h>

namespace scripted {

/// In all methods of the module. What a script computes stays the same but for rounding: where this project
/// has nothing faster, LibTorch's own layer is called as before.
void use_fast_convolutions(const torch::jit::Module& module);

}  // namespace scripted
