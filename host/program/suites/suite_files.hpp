#pragma once
// Implements: suites as files: where one lies that a user names.

#include <filesystem>
#include <string>
#include <vector>

namespace rraebench {

/// Whether that is a path, ending in .toml, and not a suite's name.
bool names_suite_file(const std::string& name_or_path);

/// Where the suite lies: found by name in suite_folders(), or a path ending in .toml. Throws UserError.
std::filesystem::path find_suite(const std::string& name_or_path);

/// Files of all suites that can be found by name.
std::vector<std::filesystem::path> known_suites();

}  // namespace rraebench
