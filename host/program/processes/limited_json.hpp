#pragma once
// Implements: JSON from a source that is not trusted.

#include <nlohmann/json_fwd.hpp>

#include <string_view>

namespace rraebench {

/// Throws std::exception types for what is no JSON, or is nested deeper than anything that a worker writes.
nlohmann::json parse_limited_json(std::string_view text);

}  // namespace rraebench
