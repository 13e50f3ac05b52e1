#include "host/worker/measuring/feature_set.hpp"

namespace rraebench {

void FeatureCollector::add(const FeatureRows& rows) {
  moments_.add(rows.features);
  if (rows.probabilities.defined()) probabilities_.push_back(rows.probabilities);
  if (!keep_features_ || kept_ >= kKeptFeatures) return;
  features_.push_back(rows.features.slice(0, 0, kKeptFeatures - kept_).to(torch::kFloat32));
  kept_ += features_.back().size(0);
}

FeatureSet FeatureCollector::result() const {
  FeatureSet set{moments_, {}, {}, group_};
  if (!features_.empty()) set.features = torch::cat(features_);
  if (!probabilities_.empty()) set.probabilities = torch::cat(probabilities_);
  return set;
}

}  // namespace rraebench
