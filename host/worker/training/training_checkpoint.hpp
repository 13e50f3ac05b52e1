#pragma once
// Implements: what a checkpoint holds of a training: all that it goes on from as if it had not stopped.

#include "host/worker/batches.hpp"
#include "host/worker/training/stagnation_watch.hpp"
#include "host/worker/training/training_position.hpp"
#include "rraebench/model.hpp"
#include "rraebench/torch.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace rraebench {

/// What there is of it beside the model, the optimiser and the generators of noise.
struct SavedTraining {
  TrainingPosition position;
  BatchOrder order;
  StagnationWatch watch;
};

/// `optimiser`: null where all stages are done. Throws InfrastructureError naming the file.
void save_training(const std::filesystem::path& file, const Model& model,
                   const torch::optim::Optimizer* optimiser, const SavedTraining& state);

struct LoadedTraining {
  SavedTraining state;
  std::unique_ptr<torch::serialize::InputArchive> optimiser;
};

/// Of what read_checkpoint() gave. `order` and `watch`: new ones of this training, which are given their
/// states. Reads all before it loads the model and then sets the generators of noise: a checkpoint of another
/// model changes nothing but `model`. Throws c10::Error or nlohmann::json::exception where it is none.
LoadedTraining load_training(const std::string& bytes, Model& model, BatchOrder order, StagnationWatch watch);

}  // namespace rraebench
