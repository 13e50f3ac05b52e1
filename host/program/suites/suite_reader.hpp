#pragma once
// Implements: suites read from TOML.

#include "host/program/suites/suite.hpp"

#include <string>

namespace rraebench {

/// `name_or_path`: a suite found by name in suite_folders(), or a path ending in .toml. Throws UserError
/// naming file, line, key and remedy for anything that is not exactly a suite.
Suite load_suite(const std::string& name_or_path);

}  // namespace rraebench
