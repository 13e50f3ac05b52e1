#pragma once
// Implements: a report's values from the rows of a database. Figures come out of it as they were measured;
// here they are grouped, averaged over seeds and marked, never imputed. A pure function of plain values.

#include "reports/analysis/comparison.hpp"
#include "reports/store/report_rows.hpp"

namespace rraebench {

/// Works on no rows, too.
ComparisonReport build_report(const ReportRows& rows, const ReportOptions& options);

}  // namespace rraebench
