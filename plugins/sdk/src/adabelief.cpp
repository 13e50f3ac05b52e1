#include "rraebench/adabelief.hpp"

#include "loops/adabelief.hpp"

#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>

namespace rraebench {
namespace {

void update_by_tensors(torch::Tensor& parameter, const torch::Tensor& gradient, torch::Tensor& mean,
                       torch::Tensor& belief, const loops::BeliefCoefficients& c) {
  mean.mul_(c.beta1).add_(gradient, 1.0 - c.beta1);
  const auto surprise = gradient - mean;
  belief.mul_(c.beta2).addcmul_(surprise, surprise, c.surprise_weight).add_(c.eps);
  parameter.addcdiv_(mean, (belief * c.belief_correction).sqrt_().add_(c.eps), -c.step_size);
}

}  // namespace

AdaBelief::AdaBelief(const std::vector<torch::optim::OptimizerParamGroup>& groups,
                     const AdaBeliefOptions& defaults)
    : Optimizer(groups, std::make_unique<AdaBeliefOptions>(defaults)) {
  // LibTorch 2.15 gives all groups of an optimiser that is not its own the defaults.
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].has_options())
      static_cast<AdaBeliefOptions&>(param_groups()[i].options()) =
          static_cast<const AdaBeliefOptions&>(groups[i].options());
  }
}

torch::Tensor AdaBelief::step(LossClosure closure) {
  torch::Tensor loss;
  if (closure) {
    const at::AutoGradMode with_gradients(true);
    loss = closure();
  }
  const torch::NoGradGuard no_gradients;
  std::size_t position = 0;
  for (auto& group : param_groups()) {
    const auto& options = static_cast<const AdaBeliefOptions&>(group.options());
    for (auto& parameter : group.params()) {
      if (states_.size() <= position) states_.resize(position + 1);
      auto& state = states_[position++];
      const auto& gradient = parameter.grad();
      if (!gradient.defined()) continue;
      if (!state.mean.defined()) {
        state.mean = torch::zeros_like(parameter, torch::MemoryFormat::Preserve);
        state.belief = torch::zeros_like(parameter, torch::MemoryFormat::Preserve);
      }
      ++state.step;
      const auto t = static_cast<double>(state.step);
      const double shrinkage =
          options.from_previous_mean() ? options.beta1() : 1.0;  // (g - m_t) / (g - m_{t-1})
      const loops::BeliefCoefficients c{options.beta1(),
                                        options.beta2(),
                                        (1.0 - options.beta2()) / (shrinkage * shrinkage),
                                        options.eps(),
                                        options.lr() / (1.0 - std::pow(options.beta1(), t)),
                                        1.0 / (1.0 - std::pow(options.beta2(), t))};
      const bool one_pass = parameter.is_cpu() && parameter.is_contiguous() && gradient.is_contiguous() &&
                            parameter.scalar_type() == gradient.scalar_type();
      if (one_pass && parameter.scalar_type() == torch::kFloat32) {
        loops::adabelief(parameter.data_ptr<float>(), gradient.data_ptr<float>(),
                         state.mean.data_ptr<float>(), state.belief.data_ptr<float>(), parameter.numel(), c);
      } else if (one_pass && parameter.scalar_type() == torch::kFloat64) {
        loops::adabelief(parameter.data_ptr<double>(), gradient.data_ptr<double>(),
                         state.mean.data_ptr<double>(), state.belief.data_ptr<double>(), parameter.numel(),
                         c);
      } else {
        update_by_tensors(parameter, gradient, state.mean, state.belief, c);
      }
    }
  }
  return loss;
}

void AdaBelief::save(torch::serialize::OutputArchive& archive) const {
  archive.write("count", torch::tensor(static_cast<std::int64_t>(states_.size())), /*is_buffer=*/true);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const auto prefix = std::to_string(i);
    archive.write(prefix + ".step", torch::tensor(states_[i].step), /*is_buffer=*/true);
    if (!states_[i].mean.defined()) continue;
    archive.write(prefix + ".mean", states_[i].mean, /*is_buffer=*/true);
    archive.write(prefix + ".belief", states_[i].belief, /*is_buffer=*/true);
  }
}

void AdaBelief::load(torch::serialize::InputArchive& archive) {
  torch::Tensor count;
  archive.read("count", count, /*is_buffer=*/true);
  std::size_t parameter_count = 0;
  for (const auto& group : param_groups()) parameter_count += group.params().size();
  if (count.item<std::int64_t>() > static_cast<std::int64_t>(parameter_count))
    throw std::invalid_argument("AdaBelief: the saved state belongs to a model with more parameters");
  states_.assign(static_cast<std::size_t>(count.item<std::int64_t>()), State{});
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const auto prefix = std::to_string(i);
    torch::Tensor step;
    archive.read(prefix + ".step", step, /*is_buffer=*/true);
    states_[i].step = step.item<std::int64_t>();
    if (states_[i].step == 0) continue;
    archive.read(prefix + ".mean", states_[i].mean, /*is_buffer=*/true);
    archive.read(prefix + ".belief", states_[i].belief, /*is_buffer=*/true);
  }
}

}  // namespace rraebench
