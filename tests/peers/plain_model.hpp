#pragma once
// Implements: the models of the training steps as a user of LibTorch alone would write them: its own layers,
// linalg_svd with its own gradient, Adam. The same parameters in the same order as the plugins'.

#include "tests/peers/training_steps.hpp"

#include <torch/optim/adam.h>

namespace rraebench {

class PlainModel : public torch::nn::Module {
 public:
  explicit PlainModel(const TrainingStep& step);

  /// N x sample_shape -> scalar. VRRAE's noise is one draw of N x rank from LibTorch's generator, and the
  /// sign of each mode makes its basis vector's entry of largest magnitude positive.
  torch::Tensor loss(const torch::Tensor& samples);

 private:
  torch::Tensor reconstruct_by_modes(const torch::Tensor& latent, torch::Tensor& penalty);

  std::int64_t rank_;
  bool variational_;
  torch::nn::Sequential encoder_{nullptr};
  torch::nn::Linear log_variance_{nullptr};
  torch::nn::Sequential decoder_{nullptr};
};

/// One training step after another with torch::optim::Adam.
class PlainTraining {
 public:
  PlainTraining(std::shared_ptr<PlainModel> model, torch::Tensor batch);
  void step();

 private:
  std::shared_ptr<PlainModel> model_;
  torch::Tensor batch_;
  torch::optim::Adam optimiser_;
};

}  // namespace rraebench
