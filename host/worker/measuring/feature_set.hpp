#pragma once
// Implements: the features of one set of samples, computed once for all metrics.

#include "host/common/feature_samples.hpp"
#include "metrics/extractors/extractor.hpp"
#include "metrics/moments.hpp"

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace rraebench {

struct FeatureSet {
  Moments moments;              // Of all samples.
  torch::Tensor features;       // Of the first kKeptFeatures, float32; undefined unless they were to be kept.
  torch::Tensor probabilities;  // Of all samples; undefined for an extractor without classes.
  std::int64_t group = 1;       // Successive samples that are not independent, as the images of one path.
};

/// Gathers a set batch by batch; samples, or groups of them, come in random order, so that the first are as
/// good as any.
class FeatureCollector {
 public:
  explicit FeatureCollector(bool keep_features, std::int64_t group = 1)
      : keep_features_(keep_features), group_(group) {}

  void add(const FeatureRows& rows);
  FeatureSet result() const;

 private:
  bool keep_features_;
  std::int64_t group_;
  Moments moments_;
  std::vector<torch::Tensor> features_;
  std::int64_t kept_ = 0;
  std::vector<torch::Tensor> probabilities_;
};

}  // namespace rraebench
