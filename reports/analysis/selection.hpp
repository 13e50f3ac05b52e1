#pragma once
// Implements: a part of the results chosen by suite, comparison, model, data set, seed and metric.

#include "reports/store/report_rows.hpp"
#include "reports/store/table.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// Empty lists choose everything.
struct Selection {
  std::vector<std::string> suites;
  std::vector<std::string> models;    // Labels or plugins.
  std::vector<std::string> datasets;  // Their names.
  std::vector<std::string> metrics;   // "fid", or of one protocol "generate/fid".
  std::vector<std::string> comparisons = {};
  std::vector<std::int64_t> seeds = {};
};

/// Leaves what was chosen. Throws std::invalid_argument naming the nearest for a name that chooses nothing.
/// Claims stay that speak of models and figures which stay.
void keep_selected(ReportRows& rows, const Selection& selection);

/// Of a table with the columns suite, comparison, dataset, label, model, protocol and name, and where seeds
/// are chosen seed. Likewise.
void keep_selected(Table& table, const Selection& selection);

}  // namespace rraebench
