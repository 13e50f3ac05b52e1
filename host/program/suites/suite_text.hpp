#pragma once
// Implements: a stored run as a suite that repeats it.

#include "host/common/cell.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// TOML that load_suite() takes: one comparison, one model, one seed. In a file named after the run's suite,
/// it plans the run of this very identity where plugin and data are the same, with options_beside() of it.
std::string suite_text(const RunSpec& spec);

/// The options of `rraebench run` that the run was made with and that no suite can say.
std::vector<std::string> options_beside(const RunSpec& spec);

}  // namespace rraebench
