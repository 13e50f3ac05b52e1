#include "host/program/processes/limited_json.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace rraebench {

nlohmann::json parse_limited_json(std::string_view text) {
  constexpr int kDeepest = 8;
  // Each level costs a hundred times the byte that opens it.
  const auto require_shallow = [](int depth, nlohmann::json::parse_event_t /*event*/,
                                  nlohmann::json& /*parsed*/) {
    if (depth > kDeepest) throw std::runtime_error("JSON nested too deeply");
    return true;
  };
  return nlohmann::json::parse(text, require_shallow);
}

}  // namespace rraebench
