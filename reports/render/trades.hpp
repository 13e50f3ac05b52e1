#pragma once
// Implements: which figures of a comparison are drawn against each other: quality against cost, and against
// rate.

#include "reports/analysis/comparison.hpp"
#include "reports/render/chart.hpp"

#include <string>
#include <vector>

namespace rraebench {

struct TradeChart {
  std::string title;
  std::string note;
  Chart chart;
};

/// The first figure of quality that a comparison has (FID of generation, of interpolation, error on the test
/// split) against training time on one machine, and against parameters where they differ; the error against
/// the KL divergence. A model on the dashed line is bettered by none in both.
std::vector<TradeChart> trade_charts(const Comparison& comparison);

}  // namespace rraebench
