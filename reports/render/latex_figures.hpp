#pragma once
// Implements: charts and pictures of a report as files that LaTeX takes, and the floats that show them.

#include "reports/analysis/comparison.hpp"
#include "reports/render/report_file.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// Adds figures/*.tex, a tikzpicture each, and figures/*.png, and returns their floats. The files need
/// pgfplots, the floats graphicx, too.
std::string add_figures(std::vector<ReportFile>& files, FileNames& names, const Comparison& comparison);

/// Those of several comparisons together: sweeps over an option of the data, and ranks.
std::string add_common_figures(std::vector<ReportFile>& files, FileNames& names,
                               const ComparisonReport& report);

}  // namespace rraebench
