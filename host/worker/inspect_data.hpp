#pragma once
// Implements: what a plan must know of its data sets before anything runs.

#include "host/worker/stage_progress.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <string>

namespace rraebench {

/// `request`: {"data_dir", "cache_dir", "datasets": [{"name", "options", "suite_dir", "networks":
/// [family]}]}. Gives
/// {"datasets": their facts, "cuda": whether there is a GPU}; facts: fingerprint, shape and numbers of
/// samples, what beside samples there is, which of the networks do not fit and why. Throws what loading
/// throws.
nlohmann::json inspect_datasets(const nlohmann::json& request, const StageProgress& progress,
                                const std::function<void(const std::string& text)>& waiting);

}  // namespace rraebench
