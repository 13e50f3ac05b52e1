#pragma once
// Implements: the option that every model has beside its own: weights to start from.

#include "rraebench/model.hpp"

#include <string>

namespace rraebench {

/// Gives the model's parameters the values that a file holds under their names: a safetensors file, such as a
/// run keeps, or what Python's torch.save wrote of a state_dict. Of buffers it takes those that it finds,
/// but for what is of a training alone and begins anew: a basis that was fixed, a KL's warm-up, whatever is
/// in a TrainingState. Throws UserError naming the file and a parameter that it lacks or has in another
/// shape, or a tensor that is none of the model's; the model is then unchanged. Without a file nothing is
/// done.
void load_pretrained(Model& model, const std::string& file);

}  // namespace rraebench
