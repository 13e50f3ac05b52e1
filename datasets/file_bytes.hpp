#pragma once
// Implements: a whole small file as bytes, with a limit.

#include <cstddef>
#include <filesystem>
#include <string>

namespace rraebench {

/// Throws DatasetError naming `path` when it is no readable file or holds more than `limit` bytes.
std::string read_bytes(const std::filesystem::path& path, std::size_t limit);

/// The first bytes, as many as there are up to `count`. Throws DatasetError naming `path` when it is no
/// readable file.
std::string read_first_bytes(const std::filesystem::path& path, std::size_t count);

}  // namespace rraebench
