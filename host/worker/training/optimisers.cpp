#include "host/worker/training/optimisers.hpp"

#include "rraebench/adabelief.hpp"

#include <torch/optim/adam.h>

#include <stdexcept>

namespace rraebench {
namespace {

template <typename Optimiser, typename Options>
std::unique_ptr<torch::optim::Optimizer> with_rates(const std::vector<ParameterGroup>& groups,
                                                    const Options& options) {
  std::vector<torch::optim::OptimizerParamGroup> all;
  for (const auto& group : groups) all.emplace_back(group.parameters);
  auto optimiser = std::make_unique<Optimiser>(all, options);
  // Afterwards: LibTorch 2.15 takes a group's own rate for not given where it is the default of the options'
  // type.
  for (std::size_t i = 0; i < groups.size(); ++i)
    optimiser->param_groups()[i].options().set_lr(options.lr() * groups[i].learning_rate_scale);
  return optimiser;
}

}  // namespace

std::unique_ptr<torch::optim::Optimizer> make_optimiser(const TrainingPlan& plan,
                                                        const std::vector<ParameterGroup>& groups,
                                                        double learning_rate) {
  if (plan.optimiser == "adabelief") {
    const auto options = AdaBeliefOptions(learning_rate).from_previous_mean(plan.belief == "previous");
    return with_rates<AdaBelief>(groups, options);
  }
  if (plan.optimiser == "adam") {
    return with_rates<torch::optim::Adam>(groups, torch::optim::AdamOptions(learning_rate));
  }
  throw std::invalid_argument("no optimiser '" + plan.optimiser + "'; known: adabelief, adam");
}

}  // namespace rraebench
