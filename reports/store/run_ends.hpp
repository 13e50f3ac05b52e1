#pragma once
// Implements: how the runs of a results database ended, without their figures.

#include "reports/store/database.hpp"
#include "reports/store/run_record.hpp"

#include <string>
#include <vector>

namespace rraebench {

struct RunEnd {
  std::string identity;
  RunStatus status = RunStatus::kError;
  Fault fault = Fault::kModel;
  std::string message;
  std::string finished_at;  // UTC, ISO 8601.
  double wall_seconds = 0.0;
};

/// Of each identity the last attempt that went well, or the last one where none did. `only_counting`: only
/// the runs whose settings are what their suites asked for last.
std::vector<RunEnd> read_run_ends(const ResultsDatabase& database, bool only_counting = false);

}  // namespace rraebench
