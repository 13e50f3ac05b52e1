#pragma once
// Implements: a model's parameters and buffers as the bytes that a file would hold.

#include "rraebench/model.hpp"

#include <map>
#include <string>

namespace rraebench {

std::string saved_state(const Model& model);

/// Throws c10::Error where the bytes are those of another model.
void load_state(Model& model, const std::string& state, torch::Device device = torch::kCPU);

/// The same of tensors by the names that the model gives its parameters and buffers. Throws
/// std::invalid_argument naming one that is missing or that the model does not have.
void load_tensors(Model& model, const std::map<std::string, torch::Tensor>& tensors,
                  torch::Device device = torch::kCPU);

}  // namespace rraebench
