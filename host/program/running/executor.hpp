#pragma once
// Implements: planned runs carried out by worker processes, some at a time; each end becomes a record.

#include "host/program/planning/plan.hpp"
#include "host/program/running/execution_request.hpp"
#include "host/program/running/progress_display.hpp"

#include <functional>
#include <vector>

namespace rraebench {

/// Calls `finished` with the record of every run that was started, in the order in which they end; whatever
/// happens to a worker costs its own run alone. After an interrupt request no run is started, and those that
/// run are asked to stop and recorded as interrupted. A run's checkpoint is removed, what it left is safe and
/// its end is shown once `finished` has stored it. Where that throws, or a worker cannot be started, the
/// other runs are asked to stop, all checkpoints stay for the next time, and the exception goes on when no
/// worker is left.
void execute_runs(const std::vector<PlannedRun>& runs, const ExecutionRequest& request,
                  ProgressDisplay& display, const std::function<void(RunRecord run)>& finished);

}  // namespace rraebench
