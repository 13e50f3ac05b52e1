#include "host/common/planned_steps.hpp"

#include <algorithm>
#include <vector>

namespace rraebench {
namespace {

std::int64_t steps_of(const std::vector<TrainingStage>& stages, const TrainingPlan& plan,
                      std::int64_t train_count) {
  const auto batch = std::max<std::int64_t>(1, std::min(plan.batch_size, train_count));
  const auto batches = std::max<std::int64_t>(1, train_count / batch);
  std::int64_t steps = 0;
  for (const auto& stage : stages) steps += scaled_steps(stage, plan.scale, batches);
  return steps;
}

}  // namespace

std::int64_t planned_training_steps(const TrainingPlan& plan, std::int64_t train_count) {
  return steps_of(plan.stages, plan, train_count);
}

std::int64_t planned_steps(const TrainingPlan& plan, std::int64_t train_count) {
  return planned_training_steps(plan, train_count) + steps_of(plan.fine_tuning, plan, train_count);
}

}  // namespace rraebench
