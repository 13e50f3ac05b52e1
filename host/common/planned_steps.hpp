#pragma once
// Implements: how many steps a training plan makes of data.

#include "host/common/cell.hpp"

#include <cstdint>

namespace rraebench {

/// Steps of all stages, fine-tuning included, over `train_count` samples; a stage that stagnates makes fewer.
std::int64_t planned_steps(const TrainingPlan& plan, std::int64_t train_count);

/// Those before fine-tuning.
std::int64_t planned_training_steps(const TrainingPlan& plan, std::int64_t train_count);

}  // namespace rraebench
