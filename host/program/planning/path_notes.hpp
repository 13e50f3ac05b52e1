#pragma once
// Implements: what a user should know of the paths that a suite names, where two things have one name.

#include "host/common/cell.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// A sentence for each path of `spec` that is taken from `folder`, the suite's, while another lies where it
/// would be looked for next: which of the two is taken.
std::vector<std::string> notes_of_paths(const RunSpec& spec, const std::string& folder,
                                        const std::string& data_dir);

}  // namespace rraebench
