#pragma once
// Implements: what makes a comparison's figures less comparable than they look, in sentences.

#include "reports/analysis/comparison.hpp"
#include "reports/analysis/labelled_run.hpp"
#include "reports/store/report_rows.hpp"

#include <vector>

namespace rraebench {

/// Of several versions of the data, a plugin or an instrument, of runs that do not count, of collapse, and
/// what the runs said themselves. The comparison's tables are there.
void add_notes(Comparison& comparison, const std::vector<LabelledRun>& ok_runs, const ReportRows& rows);

}  // namespace rraebench
