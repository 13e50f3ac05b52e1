#pragma once
// Implements: an optimiser by its name in a suite.

#include "rraebench/model.hpp"
#include "rraebench/torch.hpp"

#include <memory>
#include <string>
#include <vector>

namespace rraebench {

/// Groups get `learning_rate` times their own scale. Throws std::invalid_argument for an unknown name.
std::unique_ptr<torch::optim::Optimizer> make_optimiser(const std::string& name,
                                                        std::vector<ParameterGroup> groups,
                                                        double learning_rate);

}  // namespace rraebench
