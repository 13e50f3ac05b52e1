#include "host/worker/training/optimisers.hpp"

#include "rraebench/adabelief.hpp"

#include <torch/optim/adam.h>

#include <stdexcept>

namespace rraebench {
namespace {

/// Each group with `defaults` and its own share of the learning rate.
template <typename Options>
std::vector<torch::optim::OptimizerParamGroup> with_rates(std::vector<ParameterGroup> groups,
                                                          const Options& defaults) {
  std::vector<torch::optim::OptimizerParamGroup> rated;
  for (auto& group : groups) {
    auto options = std::make_unique<Options>(defaults);
    options->lr(defaults.lr() * group.learning_rate_scale);
    rated.emplace_back(std::move(group.parameters), std::move(options));
  }
  return rated;
}

}  // namespace

std::unique_ptr<torch::optim::Optimizer> make_optimiser(const TrainingPlan& plan,
                                                        std::vector<ParameterGroup> groups,
                                                        double learning_rate) {
  if (plan.optimiser == "adabelief") {
    const auto options = AdaBeliefOptions(learning_rate).from_previous_mean(plan.belief == "previous");
    return std::make_unique<AdaBelief>(with_rates(std::move(groups), options), options);
  }
  if (plan.optimiser == "adam") {
    const torch::optim::AdamOptions options(learning_rate);
    return std::make_unique<torch::optim::Adam>(with_rates(std::move(groups), options), options);
  }
  throw std::invalid_argument("no optimiser '" + plan.optimiser + "'; known: adabelief, adam");
}

}  // namespace rraebench
