#pragma once
// Implements: why a run that was made before is to be made again: in what two specifications differ.

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace rraebench {

/// "training.batch_size 64 -> 128, plugin_sha256 changed", of two documents that to_json(RunSpec) wrote,
/// perhaps by another version: keys that only one of them has differ from "none". Hashes are only said to
/// have changed. At most `most` differences are named. Empty for equal documents.
std::string spec_differences(const nlohmann::json& before, const nlohmann::json& now, std::size_t most = 4);

}  // namespace rraebench
