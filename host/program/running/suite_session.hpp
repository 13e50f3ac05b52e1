#pragma once
// Implements: planned runs carried out into a results database: what is complete is passed over, what was cut
// off goes on.

#include "host/program/planning/run_plan.hpp"
#include "host/program/running/executor.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace rraebench {

struct SessionRequest {
  std::vector<PlannedSuite> suites;
  std::vector<PluginRecord> plugins;
  std::vector<PlannedRun> planned;
  std::vector<PlannedRun> asked;  // Whose settings count from `asked_at` on, done already or not.
  ExecutionRequest execution;
  std::filesystem::path database;
  std::string command;  // That was given, and where: what the runs' rows say of their making.
  std::string folder;
  std::string asked_at;        // UTC, ISO 8601.
  bool retry = false;          // Also what failed by its model's fault.
  bool force = false;          // Also what is complete.
  bool only_measures = false;  // Trains nothing: takes weights that runs left, and leaves out what has none.
  // The database is one task's part of a plan: it stands under unfinished_name() until all its runs are over.
  bool is_part = false;
};

/// "7.db.part", which no pattern *.db finds.
std::filesystem::path unfinished_name(const std::filesystem::path& database);

/// Where the checkpoints of runs into `database` are.
std::filesystem::path checkpoint_folder(const std::filesystem::path& database);

/// What runs need of the machine, whatever the database says: known before anything is trained. Throws
/// UserError.
void require_resources(const SessionRequest& request);

/// Says on standard error how it goes and how it ended; gives the exit code. Throws UserError where another
/// process works on the database.
int run_session(SessionRequest request);

}  // namespace rraebench
