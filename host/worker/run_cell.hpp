#pragma once
// Implements: the stages of one run, from its spec to its figures.

#include "host/common/cell.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace rraebench {

/// What a run left of a model that was trained then.
struct KeptWeights {
  std::filesystem::path file;
  std::string sha256;
};

/// Loads plugin and data, trains, measures; reports all through `emit`. With `weights` nothing is trained:
/// the model is given them. Throws what goes wrong.
void run_cell(const RunSpec& spec, const Execution& execution, const std::optional<KeptWeights>& weights,
              const std::function<void(const nlohmann::json& event)>& emit);

}  // namespace rraebench
