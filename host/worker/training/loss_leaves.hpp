#pragma once
// Implements: what a loss is made of against what is trained and saved. The likeliest mistake of an author, a
// module that was never registered, is seen here in the first step.

#include "rraebench/model.hpp"

#include <vector>

namespace rraebench {

/// Whether there is no parameter to train and `batch` gives a loss without a graph, as of a PCA, which
/// finalise() fits. A loss with a graph and no parameter is a mistake, which the first step tells of. Leaves
/// the model in training mode and no trace in the generators.
bool has_nothing_to_train(Model& model, const Batch& batch);

/// The loss of one step seen from its graph. Holds no tensor, so that it costs a walk along the graph and no
/// memory.
class LossLeaves {
 public:
  /// Walks the graph of `loss`, which must not have been released by backward(). Throws std::runtime_error
  /// where it has none.
  explicit LossLeaves(const torch::Tensor& loss);

  /// Call when the step is over and its graph gone: what lives on belongs to the model, the rest was made for
  /// the step (such as samples whose gradient a penalty takes). Throws std::runtime_error where loss() used a
  /// tensor that is in none of the `groups`; of registered parameters only where `all_are_trained`, since
  /// fine-tuning may leave some of them as they are.
  void require_trained(const Model& model, const std::vector<ParameterGroup>& groups,
                       bool all_are_trained) const;

 private:
  std::vector<c10::weak_intrusive_ptr<c10::TensorImpl, at::UndefinedTensorImpl>> leaves_;
};

/// Throws std::runtime_error where a group holds what is neither a registered parameter nor a buffer: it
/// would be trained and then not saved.
void require_saved(const Model& model, const std::vector<ParameterGroup>& groups);

}  // namespace rraebench
