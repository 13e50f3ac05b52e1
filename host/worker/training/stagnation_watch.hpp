#pragma once
// Implements: whether the loss of a stage has stopped falling.

#include "host/common/cell.hpp"
#include "rraebench/torch.hpp"

#include <cstdint>

namespace rraebench {

/// Sees the losses of a stage, one a step, and says when the plan's stagnation ends it. Its state can be
/// saved and restored.
class StagnationWatch {
 public:
  explicit StagnationWatch(const TrainingPlan& plan);

  bool stagnates(double loss);

  void save(torch::serialize::OutputArchive& archive) const;
  void load(torch::serialize::InputArchive& archive);

 private:
  std::int64_t window_;
  double tolerance_;
  std::int64_t patience_;      // Windows that may bring nothing, the last of which ends the stage.
  std::int64_t stagnant_ = 0;  // Windows that brought nothing.
  double sum_ = 0.0;
  std::int64_t count_ = 0;
  double previous_ = 0.0;
  bool has_previous_ = false;
};

}  // namespace rraebench
