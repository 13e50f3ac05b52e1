// One optimiser step: AdaBelief in one pass over memory, AdaBelief by tensor operations (strided parameters
// force that path), and LibTorch's Adam, on the same number of values.
#include "rraebench/adabelief.hpp"

#include <benchmark/benchmark.h>
#include <torch/optim/adam.h>

namespace {

std::vector<torch::optim::OptimizerParamGroup> group_of(const torch::Tensor& parameter) {
  std::vector<torch::optim::OptimizerParamGroup> groups;
  groups.emplace_back(std::vector<torch::Tensor>{parameter});
  return groups;
}

template <typename Optimiser, bool kContiguous>
void step(benchmark::State& state) {
  const auto side = state.range(0);
  auto parameter = torch::randn({side, side});
  auto gradient = torch::randn({side, side});
  if (!kContiguous) {
    parameter = parameter.t();
    gradient = gradient.t();
  }
  parameter.requires_grad_();
  parameter.mutable_grad() = gradient;
  Optimiser optimiser(group_of(parameter));
  for (auto _ : state) optimiser.step();
  state.SetItemsProcessed(state.iterations() * side * side);
}

BENCHMARK_TEMPLATE(step, rraebench::AdaBelief, true)->Arg(100)->Arg(1000);
BENCHMARK_TEMPLATE(step, rraebench::AdaBelief, false)->Arg(100)->Arg(1000);
BENCHMARK_TEMPLATE(step, torch::optim::Adam, true)->Arg(100)->Arg(1000);

}  // namespace

BENCHMARK_MAIN();
