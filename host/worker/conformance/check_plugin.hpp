#pragma once
// Implements: what a plugin file offers, and which of the contract's promises it keeps, as JSON.

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <string>
#include <vector>

namespace rraebench {

/// Its descriptor, and as "options" those of its own and of every model. Throws PluginError.
nlohmann::json describe_plugin(const std::string& file);

/// Tries the plugin on every promise: `emit` is given {"begins": promise} before and {"fault": what, or "",
/// "call": which of the model's it came from, or "", "note": what is to be said of it, "applies": false where
/// it means nothing for the model} after each. `shape`: of the samples, "12" or "1x28x28"; empty: whichever
/// of a few the model takes. `settings`: "beta=0.1"; "beta?=0.1" is for an option that has no default alone.
/// Throws PluginError, and OptionError for a shape or setting that is none.
void check_plugin(const std::string& file, const std::string& shape, const std::vector<std::string>& settings,
                  const std::function<void(const nlohmann::json& event)>& emit);

}  // namespace rraebench
