#pragma once
// Implements: a model's parameters that a stage leaves as they are, without the cost of their gradients.

#include "rraebench/model.hpp"

#include <vector>

namespace rraebench {

/// While this lives, the parameters that no group holds take no gradient, so that autograd passes over what
/// only they need, such as an encoder while the decoder is tuned.
class FrozenParameters {
 public:
  FrozenParameters(const Model& model, const std::vector<ParameterGroup>& groups);
  ~FrozenParameters();
  FrozenParameters(const FrozenParameters&) = delete;
  FrozenParameters& operator=(const FrozenParameters&) = delete;

 private:
  std::vector<torch::Tensor> frozen_;
};

}  // namespace rraebench
