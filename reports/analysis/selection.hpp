#pragma once
// Implements: a part of the results chosen by suite, model, data set and metric.

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
};

/// Leaves what was chosen. Throws std::invalid_argument naming the nearest for a name that chooses nothing.
/// Claims stay that speak of models and figures which stay.
void keep_selected(ReportRows& rows, const Selection& selection);

/// Of a table with the columns suite, dataset, label, model, protocol and name. Likewise.
void keep_selected(Table& table, const Selection& selection);

}  // namespace rraebench
