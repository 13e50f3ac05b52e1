#pragma once
// Implements: what this program brought to the disk, for tests of what a power cut must not take.

#include <string>
#include <vector>

namespace rraebench {

/// The paths of all files and folders that were synced since the last call, as they were called then.
std::vector<std::string> take_synced();

}  // namespace rraebench
