#pragma once
// Implements: the charts of a sweep over an option of the data.

#include "reports/analysis/data_sweeps.hpp"
#include "reports/render/comparison_charts.hpp"

#include <vector>

namespace rraebench {

/// For each figure that sweeps are drawn for, a line a model over the option's values: means over seeds, with
/// a stroke from the smallest to the largest.
std::vector<TitledChart> data_sweep_charts(const DataSweep& sweep,
                                           const std::vector<Comparison>& comparisons);

}  // namespace rraebench
