#pragma once
// Implements: what is measured, as a table that needs no LibTorch; the other headers of this folder compute
// it.

#include <string>
#include <vector>

namespace rraebench {

struct MetricDescription {
  const char* name;  // "relative_error"; the name in the results database.
  std::vector<std::string>
      protocols;           // Which protocols report it: reconstruct, interpolate, generate, collapse, rank.
  const char* unit;        // "%", "nats"; empty: a bare number.
  const char* better;      // "lower", "higher", or "" where neither is better.
  const char* definition;  // One line.
  const char* source;      // Paper or convention that the definition follows.
};

const std::vector<MetricDescription>& metric_catalog();

/// Throws std::invalid_argument listing the known names.
const MetricDescription& metric_description(const std::string& name);

}  // namespace rraebench
