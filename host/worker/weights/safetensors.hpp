#pragma once
// Implements: named tensors as a safetensors file, which Python, Rust and others read without running
// anything, and back. Source: https://github.com/huggingface/safetensors, "Format".

#include <torch/types.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace rraebench {

/// Gives the file to `write` piece by piece, never all of it at once. Names and values come back in Python by
/// safetensors.torch.load_file. Throws std::invalid_argument for a type that the format does not know.
void write_safetensors(const std::map<std::string, torch::Tensor>& tensors,
                       const std::map<std::string, std::string>& remarks,
                       const std::function<void(std::string_view bytes)>& write);

/// The tensors of such a file's bytes; `file` names them in messages. Throws UserError with one line for
/// anything that is not exactly such a file.
std::map<std::string, torch::Tensor> read_safetensors(std::string_view bytes, const std::string& file);

}  // namespace rraebench
