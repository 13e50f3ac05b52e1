#pragma once
// Implements: a suite as options of the command line change it.

#include "host/program/suites/suite.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// The same suite with `share` of every stage's steps, and a name and claims that say so ("quick@0.1"), since
/// its figures are not those of the full budget. Throws UserError unless 0 < share <= 1. A share of 1 changes
/// nothing.
Suite with_budget(Suite suite, double share);

/// The same suite with all networks trained in `precision` and, where that changes anything, a name that says
/// so ("quick@bfloat16"). Throws UserError unless it is one of known_precisions().
Suite with_precision(Suite suite, const std::string& precision);

/// The same suite, whose runs leave `kinds` and nothing else; samples where they are generated. Throws
/// UserError naming --keep for what no run can leave.
Suite with_kept(Suite suite, const std::vector<std::string>& kinds);

}  // namespace rraebench
