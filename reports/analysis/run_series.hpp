#pragma once
// Implements: training curves, spectra and pictures of a comparison's runs.

#include "reports/analysis/comparison.hpp"
#include "reports/analysis/labelled_run.hpp"
#include "reports/analysis/rows_by_run.hpp"

#include <vector>

namespace rraebench {

/// Curves thinned out, the more the more runs there are; pictures in the order of labels, those of originals
/// once where all labels have the same.
void add_series(Comparison& comparison, const RunData& data, const std::vector<LabelledRun>& runs);

}  // namespace rraebench
