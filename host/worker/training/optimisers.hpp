#pragma once
// Implements: the optimiser that a suite names.

#include "host/common/cell.hpp"
#include "rraebench/model.hpp"
#include "rraebench/torch.hpp"

#include <memory>
#include <vector>

namespace rraebench {

/// `plan.optimiser`; groups get `learning_rate` times their own scale. Throws std::invalid_argument for an
/// unknown name.
std::unique_ptr<torch::optim::Optimizer> make_optimiser(const TrainingPlan& plan,
                                                        const std::vector<ParameterGroup>& groups,
                                                        double learning_rate);

}  // namespace rraebench
