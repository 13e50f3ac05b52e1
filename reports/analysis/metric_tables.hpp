#pragma once
// Implements: figures of one comparison arranged in tables, one a protocol, printed and with the best marked.

#include "reports/analysis/comparison.hpp"
#include "reports/store/run_rows.hpp"

#include <cstddef>
#include <vector>

namespace rraebench {

/// True when figures of the two may share a column.
bool same_column(const MetricColumn& a, const MetricColumn& b);

/// A figure of one run for one label (row of the tables).
struct LabelledFigure {
  std::size_t label = 0;
  MetricColumn column;
  std::optional<double> value;
};

/// A figure averaged over the runs of a label.
struct LabelledCell {
  std::size_t label = 0;
  MetricColumn column;
  MetricCell cell;
};

/// `figures` give the columns, in their order, and the count of those that are no numbers; `averages` the
/// cells.
std::vector<MetricTable> arrange_metrics(std::size_t labels, const std::vector<LabelledFigure>& figures,
                                         const std::vector<LabelledCell>& averages);

/// What the runs cost, `runs` being ok and their label given beside them. Times are marked only where
/// `comparable`.
MetricTable arrange_cost(std::size_t labels, const std::vector<std::pair<std::size_t, RunRow>>& runs,
                         bool comparable);

}  // namespace rraebench
