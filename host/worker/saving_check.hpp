#pragma once
// Implements: whether a trained model's saved state is all that it answers from, tried on a second model.

#include "host/worker/checked_model.hpp"

#include <functional>
#include <memory>

namespace rraebench {

/// `build` makes a model of the same spec under another seed. It is given the saved state of `model`, which
/// must be finalised and in evaluation mode, and must answer `samples` as that one does: equal to the bit on
/// the CPU. Also the posterior's mean must be what encode() gives. Throws std::runtime_error where it is
/// otherwise.
///
/// Drops the gradients that training left, so that the saved state and the second model fit into what
/// training had needed for them and for the optimiser's moments. Leaves no trace in the generators.
void require_saved_model_answers_alike(const CheckedModel& model, const std::function<CheckedModel()>& build,
                                       const torch::Tensor& samples);

/// Where there is a posterior, its mean must be what encode() gives. Throws std::runtime_error.
void require_mean_is_encoding(const CheckedModel& model, const torch::Tensor& samples);

}  // namespace rraebench
