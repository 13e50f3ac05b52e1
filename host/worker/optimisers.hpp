#pragma once
// Implements: an optimiser by its name in a suite.

#include <torch/torch.h>

#include <memory>
#include <string>
#include <vector>

#include "rraebench/model.hpp"

namespace rraebench {

/// Groups get `learning_rate` times their own scale. Throws std::invalid_argument for an unknown name.
std::unique_ptr<torch::optim::Optimizer> make_optimiser(const std::string& name, std::vector<ParameterGroup> groups,
                                                        double learning_rate);

}  // namespace rraebench
