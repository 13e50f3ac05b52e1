#pragma once
// Implements: seeds as a user writes them.

#include <cstdint>
#include <string>
#include <vector>

namespace rraebench {

/// "0,3,7" or "0:5" (0 to 4) or a mixture. Throws UserError.
std::vector<std::int64_t> parse_seeds(const std::string& text);

}  // namespace rraebench
