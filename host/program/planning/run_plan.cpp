#include "host/program/planning/run_plan.hpp"

#include "host/common/text_file.hpp"

namespace rraebench {

PlannedSuite planned_suite(const Suite& suite) {
  PlannedSuite planned{suite.name, suite.file, read_text_file(suite.file), {}, {}, suite.claims};
  for (const auto& comparison : suite.comparisons) {
    planned.published.insert(planned.published.end(), comparison.published.begin(),
                             comparison.published.end());
    for (const auto& model : comparison.models)
      planned.places.push_back({comparison.name, comparison.dataset, model.label});
  }
  return planned;
}

std::vector<PlannedRun> RunPlan::runs() const {
  std::vector<PlannedRun> all;
  for (const auto& entry : entries) all.push_back(entry.judged.run);
  return all;
}

std::vector<PlannedRun> RunPlan::runs_to_do() const {
  std::vector<PlannedRun> runs;
  for (const auto& entry : entries)
    if (entry.task) runs.push_back(entry.judged.run);
  return runs;
}

bool is_to_do(RunState state, bool retry, bool force) {
  switch (state) {
    case RunState::kNew:
    case RunState::kStale:
    case RunState::kInterrupted:
    case RunState::kFaulted:
    case RunState::kNotKept:
      return true;
    case RunState::kFailed:
      return retry || force;
    case RunState::kCached:
      return force;
  }
  return true;
}

void number_tasks(RunPlan& plan, std::int64_t runs_per_task, bool retry, bool force) {
  std::int64_t to_do = 0;
  for (auto& entry : plan.entries) {
    entry.task.reset();
    if (is_to_do(entry.judged.state, retry, force)) entry.task = to_do++ / runs_per_task;
  }
  plan.tasks = (to_do + runs_per_task - 1) / runs_per_task;
}

}  // namespace rraebench
