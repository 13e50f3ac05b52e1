#pragma once
// Implements: samples that came from anywhere, measured by the metrics of features.

#include "host/common/cell.hpp"
#include "host/worker/stage_progress.hpp"

#include <filesystem>
#include <functional>
#include <vector>

namespace rraebench {

struct ScoreOrder {
  /// Suite, comparison, label, extractor, features, data set and the like; what follows from the samples is
  /// filled in. An empty data set: `real` is taken, or the file of features.statistics.
  RunSpec spec;
  Execution execution;
  std::vector<std::filesystem::path> generated;  // Sets of samples, which are seeds 0, 1 ... of one label.
  std::filesystem::path real;                    // A .npy file or a folder of images; may be empty.
};

/// For each set the event {"event": "set", "spec": ...}, its specification complete, and then its figures,
/// notes and a picture. Of more than kKeptFeatures samples, metrics of single samples' features are of a
/// random choice of so many, drawn with the set's seed, in whatever order the file has them. Throws what is
/// wrong with samples, extractor or statistics, UserError for float images that the extractor would clamp and
/// for bytes beside float images that leave [0, 1].
void score_samples(const ScoreOrder& order, const StageProgress& progress,
                   const std::function<void(const nlohmann::json& event)>& emit);

ScoreOrder score_order_from_json(const nlohmann::json& document);

}  // namespace rraebench
