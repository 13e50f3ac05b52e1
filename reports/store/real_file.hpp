#pragma once
// Implements: a file by its own name, not by that of a link to it.

#include <filesystem>

namespace rraebench {

/// What a link leads to, which need not be there; any other name as it is.
std::filesystem::path real_file(const std::filesystem::path& path);

}  // namespace rraebench
