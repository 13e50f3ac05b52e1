#pragma once
// Implements: what a planned run is to the results that there are: new, complete, out of date, to be
// repeated.

#include "host/program/planning/plan.hpp"
#include "reports/store/database.hpp"

#include <string>
#include <vector>

namespace rraebench {

enum class RunState {
  kNew,
  kCached,       // Complete.
  kStale,        // There is a result, of other options, data or another build of the plugin.
  kFailed,       // By the model's fault: it would fail again.
  kFaulted,      // By a fault of the infrastructure: to be repeated.
  kInterrupted,  // To be continued.
  kNotKept,      // Complete, without all that it is to leave now: made again, to the same figures.
};

const char* run_state_name(RunState state);
/// Throws std::invalid_argument for a name that is none.
RunState parse_run_state(const std::string& name);

struct JudgedRun {
  PlannedRun run;
  RunState state = RunState::kNew;
  std::string why;           // What an attempt that failed said, or what makes a result stale.
  std::int64_t threads = 0;  // Of the result that there is; 0: there is none, or any number gives the same.
};

/// Without a database every run is new. Throws DatabaseError.
std::vector<JudgedRun> judge_runs(const std::vector<PlannedRun>& runs, const ResultsDatabase* database);

}  // namespace rraebench
