#pragma once
// Implements: the manual page, from what the commands say of themselves.

#include "host/program/commands.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// In the man macros of roff.
std::string man_page(const std::string& version, const std::vector<Command>& commands);

}  // namespace rraebench
