#include "host/worker/training/optimisers.hpp"

#include "rraebench/adabelief.hpp"

#include <torch/optim/adam.h>

#include <stdexcept>

namespace rraebench {
namespace {

template <typename Options>
std::vector<torch::optim::OptimizerParamGroup> with_rates(std::vector<ParameterGroup> groups,
                                                          double learning_rate) {
  std::vector<torch::optim::OptimizerParamGroup> rated;
  for (auto& group : groups)
    rated.emplace_back(std::move(group.parameters),
                       std::make_unique<Options>(learning_rate * group.learning_rate_scale));
  return rated;
}

}  // namespace

std::unique_ptr<torch::optim::Optimizer> make_optimiser(const std::string& name,
                                                        std::vector<ParameterGroup> groups,
                                                        double learning_rate) {
  if (name == "adabelief")
    return std::make_unique<AdaBelief>(with_rates<AdaBeliefOptions>(std::move(groups), learning_rate),
                                       AdaBeliefOptions(learning_rate));
  if (name == "adam")
    return std::make_unique<torch::optim::Adam>(
        with_rates<torch::optim::AdamOptions>(std::move(groups), learning_rate),
        torch::optim::AdamOptions(learning_rate));
  throw std::invalid_argument("no optimiser '" + name + "'; known: adabelief, adam");
}

}  // namespace rraebench
