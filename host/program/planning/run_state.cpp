#include "host/program/planning/run_state.hpp"

#include "host/common/common_options.hpp"
#include "host/common/small_networks.hpp"
#include "host/common/spec_document.hpp"
#include "host/program/planning/spec_differences.hpp"
#include "reports/store/rows.hpp"
#include "reports/store/run_parts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace rraebench {
namespace {

RunState state_of(const StoredRun& stored) {
  if (stored.status == RunStatus::kOk) return RunState::kCached;
  if (stored.status == RunStatus::kInterrupted) return RunState::kInterrupted;
  return stored.fault == Fault::kInfrastructure ? RunState::kFaulted : RunState::kFailed;
}

/// What of `run` is wanted and not there, in words; empty where all is.
std::string what_is_not_kept(const PlannedRun& run, const StoredRun& stored,
                             const ResultsDatabase& database) {
  std::vector<std::string> lacking;
  for (const auto& kind : run.keep)
    if (std::find(stored.keep.begin(), stored.keep.end(), kind) == stored.keep.end()) lacking.push_back(kind);
  if (!lacking.empty()) return fmt::format("complete, but its {} were not kept", fmt::join(lacking, ", "));
  if (run.keep.empty()) return "";
  for (const auto& artefact : artefacts_of(database, stored.id)) {
    const auto wanted = std::find(run.keep.begin(), run.keep.end(), artefact.what) != run.keep.end();
    std::error_code ignored;
    if (wanted && !std::filesystem::exists(artefact_file(database, artefact), ignored))
      return fmt::format("complete, but {} is gone", artefact.path);
  }
  return "";
}

std::int64_t parameter_count_of(const ResultsDatabase& database, std::int64_t run_id) {
  std::int64_t count = 0;
  for_each_row(
      database, "SELECT parameter_count FROM run WHERE id = ?", [&](Row& row) { row.into(count); }, run_id);
  return count;
}

/// With how many threads the result was made; 0 where any number gives the same. Models that bring networks
/// of their own in a file may have convolutions in them.
std::int64_t threads_that_count(const RunSpec& spec, const StoredRun& stored,
                                const ResultsDatabase& database) {
  const bool brings_networks = std::any_of(spec.option_files_sha256.begin(), spec.option_files_sha256.end(),
                                           [](const auto& file) { return file.first != kPretrained.name; });
  const bool fully_connected = spec.network_family == "mlp" && !brings_networks;
  if (fully_connected &&
      trains_on_one_thread(parameter_count_of(database, stored.id), spec.training.batch_size))
    return 0;
  return stored.threads;
}

JudgedRun judge_run(const PlannedRun& run, const ResultsDatabase& database) {
  if (const auto stored = database.find_run(run.identity)) {
    const auto state = state_of(*stored);
    const auto threads = threads_that_count(run.spec, *stored, database);
    if (state == RunState::kCached)
      if (const auto lacking = what_is_not_kept(run, *stored, database); !lacking.empty())
        return {run, RunState::kNotKept, lacking, threads};
    const bool hidden = state == RunState::kCached && !stored->counts;
    return {run, state, hidden ? "stored; counts again from the next run of the suite on" : stored->message,
            threads};
  }
  const auto& spec = run.spec;
  const auto other = database.last_spec(spec.suite, spec.comparison, spec.dataset, spec.label, spec.seed);
  if (!other) return {run, RunState::kNew, ""};
  const auto before = nlohmann::json::parse(*other, nullptr, /*allow_exceptions=*/false);
  return {run, RunState::kStale,
          before.is_object() ? spec_differences(without_places(before), without_places(to_json(spec))) : ""};
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
    case RunState::kNotKept:
      return "not kept";
  }
  return "new";
}

RunState parse_run_state(const std::string& name) {
  for (const auto state : {RunState::kNew, RunState::kCached, RunState::kStale, RunState::kFailed,
                           RunState::kFaulted, RunState::kInterrupted, RunState::kNotKept})
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
