#pragma once
// Implements: a model's parameters and buffers as the bytes that a file would hold.

#include "rraebench/model.hpp"

#include <string>

namespace rraebench {

std::string saved_state(const Model& model);

/// Throws c10::Error where the bytes are those of another model.
void load_state(Model& model, const std::string& state, torch::Device device = torch::kCPU);

}  // namespace rraebench
