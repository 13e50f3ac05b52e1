#pragma once
// Implements: what the end of a worker means for its run.

#include "host/program/processes/worker_process.hpp"
#include "reports/store/run_record.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace rraebench {

/// Why this program ended a worker.
enum class StopReason {
  kNone,
  kRequest,  // The user's, or another run's failure: the run is to be continued.
  kTimeLimit,
  kNoEvents,  // What it wrote is not what a worker writes.
};

struct WorkerEnd {
  WorkerExit exit;
  bool reported = false;  // It said itself how its run ended: status, message and fault are in the record.
  StopReason stopped = StopReason::kNone;
  std::string no_event;  // What was wrong with what it wrote; empty: nothing.
  double time_limit_seconds = 0.0;
  std::int64_t memory_limit_bytes = 0;  // 0: none.
  bool has_checkpoint = false;          // There is one to go on from.
  std::optional<bool>
      kernel_out_of_memory;  // Whether the kernel killed for want of memory; nullopt: unknown.
};

/// Whether its training is taken up from its last checkpoint when it is run again. What was cut off, met a
/// limit or a fault of the infrastructure was sound there; what diverged, failed or crashed begins anew.
bool goes_on_from_checkpoint(const RunRecord& record);

/// Sets the record's status, fault and message, which is fit for a terminal, and cleans its stderr_tail.
void judge_end(const WorkerEnd& end, RunRecord& record);

/// How many processes the kernel has killed for want of memory since it was started; nullopt where it does
/// not say.
std::optional<std::int64_t> kernel_memory_kills();

}  // namespace rraebench
