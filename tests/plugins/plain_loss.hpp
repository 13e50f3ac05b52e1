#pragma once
// Implements: a model's loss beside the same formula in plain tensor operations on the model's own networks.

#include "rraebench/model.hpp"

#include <functional>
#include <string>

namespace rraebench {

/// What the model's child `name`, a Sequential or a Linear, makes of `x`.
torch::Tensor run_child(Model& model, const std::string& name, const torch::Tensor& x);

/// 100 ||estimate - reference|| / ||reference||.
torch::Tensor plain_error(const torch::Tensor& estimate, const torch::Tensor& reference);

/// N x k each -> k: nats of the divergence to N(0, I) of each dimension, summed over the samples.
torch::Tensor plain_kl(const torch::Tensor& mean, const torch::Tensor& log_variance);

/// Expects the model's loss on `batch` to be what `plain` gives with the same draws, and to have the same
/// gradient by every parameter. Of a model in double precision.
void expect_plain_loss(Model& model, const Batch& batch, const std::function<torch::Tensor()>& plain);

}  // namespace rraebench
