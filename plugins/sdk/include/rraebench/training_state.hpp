#pragma once
// Implements: where a model keeps what is of one training alone.

#include "rraebench/torch.hpp"

namespace rraebench {

/// A place for buffers that say how far a training is, such as those of a schedule:
///
///   training_ = register_module("training", std::make_shared<rraebench::TrainingState>());
///   schedule_ = training_->register_buffer("schedule", torch::zeros({8}));
///
/// They are saved with the model, so that a training that was cut off goes on, and begin anew with the option
/// `pretrained`, which takes all other buffers over. (The host knows this module by its name(), as it knows
/// FixedBasis and KlWeight, which begin anew, too.)
class TrainingState : public torch::nn::Module {};

}  // namespace rraebench
