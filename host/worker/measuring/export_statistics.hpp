#pragma once
// Implements: the real samples' feature statistics of a run as a file for other tools.

#include "host/common/cell.hpp"
#include "host/worker/stage_progress.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace rraebench {

/// Writes what the run's FID compares with (host/common/feature_statistics.hpp) to `output`: computed, or
/// taken from the cache. Throws std::invalid_argument for a run without an extractor, and what loading and
/// extracting throw.
void export_statistics(const RunSpec& spec, const Execution& execution, const std::filesystem::path& output,
                       const StageProgress& progress,
                       const std::function<void(const std::string& text)>& waiting);

}  // namespace rraebench
