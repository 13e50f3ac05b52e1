#include "host/worker/training/frozen_parameters.hpp"

#include <unordered_set>

namespace rraebench {

FrozenParameters::FrozenParameters(const Model& model, const std::vector<ParameterGroup>& groups) {
  std::unordered_set<const c10::TensorImpl*> trained;
  for (const auto& group : groups)
    for (const auto& parameter : group.parameters) trained.insert(parameter.unsafeGetTensorImpl());
  for (const auto& parameter : model.parameters())
    if (parameter.requires_grad() && trained.count(parameter.unsafeGetTensorImpl()) == 0)
      frozen_.push_back(parameter.requires_grad_(false));
}

FrozenParameters::~FrozenParameters() {
  for (const auto& parameter : frozen_) parameter.requires_grad_(true);
}

}  // namespace rraebench
