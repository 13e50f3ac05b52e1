#pragma once
// Implements: where a file lies that a suite names by a path, other than those of data (datasets/source.hpp).

#include <filesystem>
#include <string>
#include <system_error>

namespace rraebench {

/// The path from `folder`, the suite's, where it leads to something; else as it is, from the current folder.
inline std::string found_path(const std::string& path, const std::filesystem::path& folder) {
  if (path.empty() || folder.empty() || std::filesystem::path(path).is_absolute()) return path;
  const auto beside = folder / path;
  std::error_code ignored;
  return std::filesystem::exists(beside, ignored) ? beside.string() : path;
}

}  // namespace rraebench
