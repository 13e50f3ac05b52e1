#pragma once
// Implements: how each task of a plan stands, from what it left, what was submitted, and what Slurm says.

#include "host/program/cluster/plan_folder.hpp"
#include "host/program/cluster/slurm_client.hpp"
#include "reports/store/run_ends.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

enum class TaskState {
  kNotSubmitted,
  kPending,
  kRunning,
  kDone,     // All its runs are complete.
  kFailed,   // All its runs are over, and some failed by their model's fault.
  kLost,     // It was submitted and ended before its runs were over.
  kUnknown,  // It was submitted, and there is no queue to ask.
};

const char* task_state_name(TaskState state);

/// What a task left in the plan's folder.
struct TaskFile {
  bool is_whole = false;  // All its runs are over.
  std::vector<RunEnd> ends;
};

struct TaskStanding {
  std::int64_t task = 0;
  TaskState state = TaskState::kNotSubmitted;
  std::string job;  // "123_4"; empty where there is none.
  std::string why;  // One line; empty where the state says all.
};

/// What Slurm knows of all jobs of the plan.
struct ClusterView {
  std::optional<JobElements> queue;       // nullopt: there is none to ask.
  std::optional<JobElements> accounting;  // nullopt: the site keeps none.
};

/// Whether an element in this state still holds or waits for a node.
bool is_active(const std::string& slurm_state);

/// Each of the tasks 0 to files.size() - 1. The last submission of a task counts.
std::vector<TaskStanding> judge_tasks(const std::vector<std::optional<TaskFile>>& files,
                                      const std::vector<Submission>& submissions, const ClusterView& view);

}  // namespace rraebench
