#pragma once
// Implements: a whole small file as bytes, with a limit.

#include <cstddef>
#include <filesystem>
#include <string>

namespace rraebench {

/// Throws DatasetError naming `path` when it is no readable file or holds more than `limit` bytes.
std::string read_bytes(const std::filesystem::path& path, std::size_t limit);

}  // namespace rraebench
