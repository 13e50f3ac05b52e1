#pragma once
// Implements: tables of a report as files that LaTeX takes, and the floats that show them.

#include "reports/analysis/comparison.hpp"
#include "reports/render/report_file.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// LaTeX takes [...] or * after a row's or an item's beginning for a part of the command before it.
std::string text_at_start(const std::string& text);

/// Adds tables/*.tex, cut so that each fits a page's width, and returns their floats. The files need booktabs
/// and siunitx.
std::string add_table(std::vector<ReportFile>& files, FileNames& names, const MetricTable& table,
                      const Comparison& comparison, const ReportOptions& options);

/// A paper's figures beside ours: tables/*-published.tex, of a page's height each; nothing where the suite
/// names none. The files need booktabs.
std::string add_published(std::vector<ReportFile>& files, FileNames& names, const Comparison& comparison,
                          const ReportOptions& options);

}  // namespace rraebench
