#pragma once
// Implements: how far a stage has come, told a few times a second.

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace rraebench {

using StageProgress = std::function<void(const std::string& stage, std::int64_t done, std::int64_t total)>;

/// Hands progress on to `emit`, a few times a second and when all is done. Throws InterruptedError once a
/// stop is wished.
StageProgress report_stages(std::function<void(const nlohmann::json& event)> emit);

}  // namespace rraebench
