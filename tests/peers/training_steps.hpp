#pragma once
// Implements: the training steps that speed is stated for: networks, sizes and batches of both papers.

#include "host/worker/checked_model.hpp"
#include "rraebench/torch.hpp"

#include <torch/optim/optimizer.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace rraebench {

/// What a step is done with. The options of `plugin` beside `latent` and `rank` keep their defaults.
struct TrainingStep {
  std::string name;
  std::string plugin;  // ae, rrae-strong or vrrae.
  std::string family;  // mlp or cnn-vrrae.
  std::vector<std::int64_t> sample_shape;
  std::int64_t batch_size;
  std::int64_t latent;
  std::int64_t rank;  // 0: the plugin has none.
};

const std::vector<TrainingStep>& training_steps();

/// Throws std::invalid_argument naming those that there are.
const TrainingStep& training_step(const std::string& name);

/// The plugin's model, its weights drawn with `seed`.
std::shared_ptr<Model> make_model(const TrainingStep& step, std::uint64_t seed,
                                  const std::string& precision = "float32");

/// Of any plugin, with these options in place of the step's.
std::shared_ptr<Model> make_model(const TrainingStep& step, const std::map<std::string, std::string>& options,
                                  std::uint64_t seed, const std::string& precision = "float32");

/// One training step after another with the default optimiser, and nothing else of the trainer.
class ModelTraining {
 public:
  ModelTraining(std::shared_ptr<Model> model, const torch::Tensor& samples);
  /// The loss before the step.
  double step();

 private:
  std::shared_ptr<Model> model_;
  Batch batch_;
  std::unique_ptr<torch::optim::Optimizer> optimiser_;
};

/// Threads and memory as the worker has them: on all cores, which LibTorch does not count everywhere.
void train_as_the_worker();

/// Smooth curves or images, another every time: N x sample_shape with N the step's batch size.
torch::Tensor smooth_batch(const TrainingStep& step, std::uint64_t seed);

/// Copies values in the order of the parameters; throws std::invalid_argument unless shapes are equal.
void copy_parameters(const std::vector<torch::Tensor>& from, const std::vector<torch::Tensor>& to);

/// Seconds of each of `count` training steps by the trainer that trains every run, on batches of `samples`
/// (as a data set has them: bytes or floats) and on the threads that a run takes of LibTorch's. A few steps
/// before them, in which the optimiser's state is made, are left out.
std::vector<double> time_training(const std::shared_ptr<Model>& model, const torch::Tensor& samples,
                                  std::int64_t batch_size, std::int64_t count);

}  // namespace rraebench
