#pragma once
// Implements: figures of one set of samples, and of several sets drawn alike.

#include "reports/store/run_record.hpp"

#include <string>
#include <vector>

namespace rraebench {

struct FeatureFigures {
  std::vector<MetricRecord> metrics;
  std::vector<std::string> warnings;  // What could not be measured, or not well.
};

/// Each metric's mean over the sets; after fid and entropy fid_deviation and entropy_deviation, their sample
/// standard deviations. A metric that some set lacks is left out. One set is given back as it is. Warnings
/// are those of all sets, each once. Throws std::invalid_argument for no set.
FeatureFigures mean_over_sets(const std::vector<FeatureFigures>& sets);

}  // namespace rraebench
