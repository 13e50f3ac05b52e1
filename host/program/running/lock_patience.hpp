#pragma once
// Implements: waiting for a results database that another program writes to.

#include "reports/store/database.hpp"

#include <filesystem>

namespace rraebench {

/// Says that it waits, after a moment and then every minute, until a stop is wished.
LockPatience patience_for(const std::filesystem::path& database);

}  // namespace rraebench
