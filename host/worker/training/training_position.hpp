#pragma once
// Implements: how far a training has come, as its checkpoint says it.

#include "host/worker/training/running_means.hpp"
#include "reports/store/run_record.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rraebench {

struct TrainingPosition {
  std::size_t stage = 0;  // Training stages, then those of fine-tuning.
  std::int64_t step_in_stage = 0;
  std::int64_t step = 0;
  std::int64_t steps_planned = 0;  // Less those of stages that stagnated.
  bool finalised = false;
  std::int64_t recorded_steps = 0;  // The last that `curve` tells of; later ones are in `means`.
  double seconds = 0.0;             // Of training, up to the checkpoint that was taken up last.
  RunningMeans means;
  std::vector<std::string> machines;  // On which it was trained, one after the other.
  std::vector<CurvePoint> curve;
};

nlohmann::json to_json(const TrainingPosition& position);
/// Throws nlohmann::json::exception for a document that to_json did not write.
TrainingPosition training_position_from_json(const nlohmann::json& document);

}  // namespace rraebench
