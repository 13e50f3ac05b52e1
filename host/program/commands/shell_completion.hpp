#pragma once
// Implements: completion of commands, options and suites, as scripts of the usual shells.

#include "host/program/commands.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// `shell`: bash, zsh or fish; throws UserError naming these for another.
std::string shell_completion(const std::string& shell, const std::vector<Command>& commands);

}  // namespace rraebench
