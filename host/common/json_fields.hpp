#pragma once
// Implements: both directions of a type's table of fields, a function that calls `visit(name, field)` for
// each of them.

#include <nlohmann/json.hpp>

namespace rraebench {

/// A visitor that writes every field into `document`, which has to outlive it.
inline auto write_fields_to(nlohmann::json& document) {
  return [&document](const char* name, const auto& field) { document[name] = field; };
}

/// A visitor that reads every field from `document`, which has to outlive it. Throws
/// nlohmann::json::exception where one is missing or of another type.
inline auto read_fields_from(const nlohmann::json& document) {
  return [&document](const char* name, auto& field) { document.at(name).get_to(field); };
}

}  // namespace rraebench
