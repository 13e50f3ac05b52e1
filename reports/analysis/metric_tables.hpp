#pragma once
// Implements: figures of one comparison arranged in tables, one a protocol, averaged and with the best
// marked.

#include "reports/analysis/comparison.hpp"
#include "reports/store/report_rows.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {

/// True when figures of the two may share a column.
bool same_column(const MetricColumn& a, const MetricColumn& b);

/// Figures that measure the real samples alone, whatever the model.
bool is_of_real_samples(const std::string& metric);

/// A time, which says nothing beside that of another machine.
bool is_of_machine(const MetricColumn& column);

/// A figure of one run for one label (row of the tables).
struct LabelledFigure {
  std::size_t label = 0;
  std::int64_t seed = 0;
  std::int64_t run = 0;
  MetricColumn column;
  std::optional<double> value;
};

/// `figures` give the columns, in their order.
std::vector<MetricTable> arrange_metrics(std::size_t labels, const std::vector<LabelledFigure>& figures);

/// A run of a label, and the machine whose times may be compared with its own.
struct CostedRun {
  std::size_t label = 0;
  std::string machine;
  const RunRow* run = nullptr;
};

/// What ok runs cost. Times and memory of different machines stand in different columns.
MetricTable arrange_cost(std::size_t labels, const std::vector<CostedRun>& runs);

/// Marks the best of each column. A label some of whose runs failed or gave no number is no candidate; nor is
/// one that has the figure for nothing (why_for_nothing()). Those are named in MetricTable::left_out.
void mark_best(MetricTable& table, const std::vector<LabelSummary>& labels);

}  // namespace rraebench
