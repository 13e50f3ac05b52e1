#pragma once
// Implements: planned runs carried out by worker processes, some at a time; each end becomes a record.

#include "host/program/planning/plan.hpp"
#include "host/program/running/progress_display.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rraebench {

struct ExecutionRequest {
  std::int64_t jobs = 1;
  std::int64_t threads = 1;  // Of each run.
  std::string data_dir;
  std::filesystem::path cache_folder;
  std::filesystem::path checkpoint_folder;  // Created when needed.
  std::filesystem::path artefact_folder;    // Likewise; beside the database, where runs are to leave files.
  double checkpoint_seconds = 60.0;         // Between two checkpoints of a run.
  double time_limit_seconds = 0.0;          // Of each run, beside its suite's; 0: none.
  std::int64_t memory_limit_bytes = 0;      // Of each run; 0: none.
  bool fail_fast = false;                   // After a run that failed, start none and stop the others.
};

/// Calls `finished` with the record of every run that was started, in the order in which they end; whatever
/// happens to a worker costs its own run alone. After an interrupt request no run is started, and those that
/// run are asked to stop and recorded as interrupted. A run's checkpoint is removed, what it left is safe and
/// its end is shown once `finished` has stored it. Where that throws, or a worker cannot be started, the
/// other runs are asked to stop, all checkpoints stay for the next time, and the exception goes on when no
/// worker is left.
void execute_runs(const std::vector<PlannedRun>& runs, const ExecutionRequest& request,
                  ProgressDisplay& display, const std::function<void(RunRecord run)>& finished);

}  // namespace rraebench
