#pragma once
// Implements: AdaBelief (Zhuang et al. 2020, arXiv 2010.07468, algorithm 2), the optimiser of both papers.

#include "rraebench/torch.hpp"

#include <cstdint>
#include <vector>

namespace rraebench {

/// Decay rates and the published default epsilon. `lr` and `betas` mean what they mean in torch::optim::Adam.
struct AdaBeliefOptions : public torch::optim::OptimizerCloneableOptions<AdaBeliefOptions> {
  explicit AdaBeliefOptions(double learning_rate = 1e-3) : lr_(learning_rate) {}
  TORCH_ARG(double, lr);
  TORCH_ARG(double, beta1) = 0.9;
  TORCH_ARG(double, beta2) = 0.999;
  TORCH_ARG(double, eps) = 1e-16;
  /// Whether a gradient's surprise is its distance from the mean before it, g - m_{t-1}, as optax had it
  /// before version 0.2.4 (November 2024), in place of g - m_t = beta1 (g - m_{t-1}).
  TORCH_ARG(bool, from_previous_mean) = false;

 public:
  double get_lr() const override { return lr(); }
  void set_lr(const double learning_rate) override { lr(learning_rate); }
};

/// m_t = beta1 m + (1 - beta1) g;  s_t = beta2 s + (1 - beta2) (g - m_t)^2 + eps;
/// theta -= lr * (m_t / (1 - beta1^t)) / (sqrt(s_t / (1 - beta2^t)) + eps).
///
/// A torch::optim::Optimizer: parameter groups, zero_grad(), and save()/load() of its state. Contiguous CPU
/// tensors of float or double are updated in one pass over memory; all others by tensor operations.
class AdaBelief : public torch::optim::Optimizer {
 public:
  /// `defaults` are for groups without options.
  explicit AdaBelief(const std::vector<torch::optim::OptimizerParamGroup>& groups,
                     const AdaBeliefOptions& defaults = AdaBeliefOptions());

  torch::Tensor step(LossClosure closure = nullptr) override;
  void save(torch::serialize::OutputArchive& archive) const override;
  void load(torch::serialize::InputArchive& archive) override;

 private:
  struct State {
    std::int64_t step = 0;
    torch::Tensor mean;    // m
    torch::Tensor belief;  // s
  };
  std::vector<State> states_;  // One a parameter, in the order of the groups.
};

}  // namespace rraebench
