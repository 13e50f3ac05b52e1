#pragma once
// Implements: a plan as a JSON file: what all runs share on the first line, then one line a run, so that a
// task among ten thousand reads it line by line.

#include "host/program/planning/run_plan.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <ostream>

namespace rraebench {

/// One JSON document, {..., "runs": [...]}.
void write_plan(std::ostream& out, const RunPlan& plan);

/// What write_plan() wrote; of the entries those of `task` alone where one is given. Throws UserError naming
/// file, line and remedy: no plan, another version's, changed by hand, a task that there is not.
RunPlan read_plan(const std::filesystem::path& file, std::optional<std::int64_t> task = std::nullopt);

}  // namespace rraebench
