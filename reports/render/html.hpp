#pragma once
// Implements: a report as HTML pages that need no other file and no network.

#include "reports/analysis/comparison.hpp"
#include "reports/render/report_file.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace rraebench {

/// The whole page, with styles, scripts, charts and pictures in it. Text from the database is escaped, and
/// the page forbids itself (Content-Security-Policy) to load anything. Works on an empty report.
std::string render_html(const ComparisonReport& report);

/// More runs than one page shows well.
constexpr std::int64_t kMostRunsOfAPage = 200;

/// The report as pages that lie in one folder: where it has several suites and more than kMostRunsOfAPage, an
/// overview named `name` and a page for each suite ("report-quick.html"), else the one page.
std::vector<ReportFile> render_html_pages(ComparisonReport report, const std::string& name);

}  // namespace rraebench
