#pragma once
// Implements: charts and pictures of a report as files of their own.

#include "reports/analysis/comparison.hpp"
#include "reports/render/report_file.hpp"

#include <vector>

namespace rraebench {

/// Every chart as SVG with its key, every picture as PNG, of curves as SVG, named by suite, comparison and
/// figure.
std::vector<ReportFile> render_figure_files(const ComparisonReport& report);

}  // namespace rraebench
