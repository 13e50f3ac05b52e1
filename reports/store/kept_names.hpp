#pragma once
// Implements: names of what a run is to leave, as the column run.keep has them.

#include <string>
#include <vector>

namespace rraebench {

/// "weights,samples", and back.
std::string joined_names(const std::vector<std::string>& names);
std::vector<std::string> split_names(const std::string& text);

}  // namespace rraebench
