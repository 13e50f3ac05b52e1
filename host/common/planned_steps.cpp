#include "host/common/planned_steps.hpp"

#include <algorithm>

namespace rraebench {

std::int64_t planned_steps(const TrainingPlan& plan, std::int64_t train_count) {
  const auto batch = std::max<std::int64_t>(1, std::min(plan.batch_size, train_count));
  const auto batches = std::max<std::int64_t>(1, train_count / batch);
  std::int64_t steps = 0;
  for (const auto* stages : {&plan.stages, &plan.fine_tuning})
    for (const auto& stage : *stages) steps += scaled_steps(stage, plan.scale, batches);
  return steps;
}

}  // namespace rraebench
