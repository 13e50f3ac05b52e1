#pragma once
// Implements: what suites ask for from now on, told to a results database.

#include "host/program/planning/run_plan.hpp"
#include "reports/store/database.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// From `now` (UTC, ISO 8601) on what the suites ask for in `asked`, done already or not, is what counts.
/// Warns on standard error where a suite was read from another file so far.
void ask_for(const std::vector<PlannedSuite>& suites, const std::vector<PlannedRun>& asked,
             const std::string& now, ResultsDatabase& database);

}  // namespace rraebench
