#pragma once
// Implements: the stages of one run, from its spec to its figures.

#include "host/common/cell.hpp"

#include <functional>

namespace rraebench {

/// Loads plugin and data, trains, measures; reports all through `emit`. Throws what goes wrong.
void run_cell(const RunSpec& spec, const Execution& execution,
              const std::function<void(const nlohmann::json& event)>& emit);

}  // namespace rraebench
