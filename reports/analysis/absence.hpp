#pragma once
// Implements: why a model has no figure where others have one, as far as its runs tell.

#include "reports/analysis/comparison.hpp"

#include <set>
#include <string>
#include <vector>

namespace rraebench {

/// What the ok runs of a label were asked for, and what they noted.
struct AskedOfLabel {
  std::set<std::string> samplers;
  std::vector<std::string> notes;
};

/// Sets MetricCell::why_absent: "no prior" of samples that a sampler "prior" was to draw, where another one
/// did; "no posterior" likewise, and of figures that only a posterior gives. `labels` as in the tables. Where
/// a note tells of another cause, nothing is said.
void explain_absences(std::vector<MetricTable>& tables, const std::vector<AskedOfLabel>& labels);

}  // namespace rraebench
