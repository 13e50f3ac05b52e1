#pragma once
// Implements: a plan as it is carried out later and elsewhere: the runs, which task does which, and all that
// they need to know of their suites.

#include "host/program/planning/estimates.hpp"
#include "host/program/planning/run_state.hpp"
#include "host/program/suites/suite.hpp"
#include "reports/store/database.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

/// What a suite brings into a database beside its runs.
struct PlannedSuite {
  std::string name;
  std::string file;
  std::string text;                // Of the file, as it was read.
  std::vector<SuitePlace> places;  // All that the suite has, planned or not.
  std::vector<PublishedRecord> published;
  std::vector<ClaimRecord> claims;
};

PlannedSuite planned_suite(const Suite& suite);

/// How the runs are to be carried out unless their command says otherwise.
struct PlannedExecution {
  std::string folder;  // Where the command was given: names in suites are relative to it.
  std::string data_dir;
  std::string cache_dir;
  double time_limit_seconds = 0.0;      // Of each run; 0: none.
  std::int64_t memory_limit_bytes = 0;  // Likewise.
  double checkpoint_seconds = 60.0;
};

struct PlanEntry {
  JudgedRun judged;
  std::optional<std::int64_t> task;  // That does it; none: there is nothing to do.
  Estimate estimate;
};

/// All paths are absolute.
struct RunPlan {
  std::string created_at;  // UTC, ISO 8601.
  std::string database;    // That the plan was made for.
  PlannedExecution execution;
  bool retry = false;  // It has tasks for what failed,
  bool force = false;  // or for what is complete.
  std::vector<PlannedSuite> suites;
  std::vector<PluginRecord> plugins;  // That the runs use.
  std::int64_t tasks = 0;
  std::vector<PlanEntry> entries;  // Of all tasks, or of one alone (read_plan).

  std::vector<PlannedRun> runs() const;
  std::vector<PlannedRun> runs_to_do() const;
};

/// The runs that are to be done: of a state that asks for it, with `retry` also those that failed by their
/// model's fault, with `force` all.
bool is_to_do(RunState state, bool retry, bool force);

/// Gives every run to do a task, `runs_per_task` after each other the same.
void number_tasks(RunPlan& plan, std::int64_t runs_per_task, bool retry, bool force);

}  // namespace rraebench
