#include "host/program/planning/run_state.hpp"

#include "host/program/planning/spec_differences.hpp"

#include <stdexcept>

namespace rraebench {
namespace {

RunState state_of(const StoredRun& stored) {
  if (stored.status == RunStatus::kOk) return RunState::kCached;
  if (stored.status == RunStatus::kInterrupted) return RunState::kInterrupted;
  return stored.fault == Fault::kInfrastructure ? RunState::kFaulted : RunState::kFailed;
}

JudgedRun judge_run(const PlannedRun& run, const ResultsDatabase& database) {
  if (const auto stored = database.find_run(run.identity)) {
    const auto state = state_of(*stored);
    const bool hidden = state == RunState::kCached && !stored->counts;
    return {run, state, hidden ? "stored; counts again from the next run of the suite on" : stored->message};
  }
  const auto& spec = run.spec;
  const auto other = database.last_spec(spec.suite, spec.comparison, spec.dataset, spec.label, spec.seed);
  if (!other) return {run, RunState::kNew, ""};
  const auto before = nlohmann::json::parse(*other, nullptr, /*allow_exceptions=*/false);
  return {run, RunState::kStale, before.is_object() ? spec_differences(before, to_json(spec)) : ""};
}

}  // namespace

const char* run_state_name(RunState state) {
  switch (state) {
    case RunState::kNew:
      return "new";
    case RunState::kCached:
      return "cached";
    case RunState::kStale:
      return "stale";
    case RunState::kFailed:
      return "failed";
    case RunState::kFaulted:
      return "to repeat";
    case RunState::kInterrupted:
      return "interrupted";
  }
  return "new";
}

RunState parse_run_state(const std::string& name) {
  for (const auto state : {RunState::kNew, RunState::kCached, RunState::kStale, RunState::kFailed,
                           RunState::kFaulted, RunState::kInterrupted})
    if (name == run_state_name(state)) return state;
  throw std::invalid_argument("no state '" + name + "' of a run");
}

std::vector<JudgedRun> judge_runs(const std::vector<PlannedRun>& runs, const ResultsDatabase* database) {
  std::vector<JudgedRun> judged;
  for (const auto& run : runs)
    judged.push_back(database == nullptr ? JudgedRun{run, RunState::kNew, ""} : judge_run(run, *database));
  return judged;
}

}  // namespace rraebench
