#include "host/program/suites/training.hpp"

#include "host/program/suites/limits.hpp"
#include "host/program/suites/suite_checks.hpp"

#include <string>
#include <vector>

namespace rraebench {
namespace {

std::vector<TrainingStage> read_stages(const TomlReader& training, const std::string& key) {
  std::vector<TrainingStage> stages;
  if (training.is_empty_list(key)) return stages;  // For models with nothing to train.
  for (const auto& entry : training.tables(key, {"learning_rate", "steps", "epochs"})) {
    TrainingStage stage;
    stage.learning_rate = entry.real("learning_rate", 0.0, kHighestLearningRate);
    stage.steps = entry.integer("steps", 0, 1, kMostSteps);
    stage.epochs = entry.integer("epochs", 0, 1, kMostEpochs);
    if ((stage.steps > 0) == (stage.epochs > 0)) entry.fail("steps", "give either steps (batches) or epochs");
    stages.push_back(stage);
  }
  return stages;
}

}  // namespace

TrainingPlan read_training(const TomlReader& comparison) {
  const auto training =
      comparison.table("training", {"optimiser", "belief", "precision", "batch_size", "stages", "fine_tuning",
                                    "stagnation_window", "stagnation_tolerance", "stagnation_count"});
  TrainingPlan plan;
  plan.optimiser = training.text("optimiser", plan.optimiser);
  if (plan.optimiser != "adabelief" && plan.optimiser != "adam")
    training.fail("optimiser", "is '" + plan.optimiser + "' but must be adabelief or adam");
  plan.precision = training.text("precision", plan.precision);
  plan.belief = training.text("belief", plan.belief);
  if (plan.belief != "current" && plan.belief != "previous")
    training.fail("belief", "is '" + plan.belief + "' but must be current or previous");
  if (plan.optimiser != "adabelief" && training.has("belief"))
    training.fail("belief", "is for optimiser = \"adabelief\" alone; leave it out");
  if (const auto fault = precision_fault(plan.precision); !fault.empty()) training.fail("precision", fault);
  plan.batch_size = training.integer("batch_size", plan.batch_size, 1, kMostSamples);
  plan.stages = read_stages(training, "stages");
  if (training.has("fine_tuning")) plan.fine_tuning = read_stages(training, "fine_tuning");
  plan.stagnation_window = training.integer("stagnation_window", 0, 0, kMostSteps);
  plan.stagnation_tolerance = training.real("stagnation_tolerance", 0.0, 0.0, 1.0);
  plan.stagnation_count = training.integer("stagnation_count", plan.stagnation_count, 1, kMostSteps);
  for (const char* key : {"stagnation_tolerance", "stagnation_count"})
    if (plan.stagnation_window == 0 && training.has(key))
      training.fail(key, "means nothing without a stagnation_window; give one or leave it out");
  return plan;
}

}  // namespace rraebench
