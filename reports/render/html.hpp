#pragma once
// Implements: a report as one HTML page that needs no other file and no network.

#include "reports/analysis/comparison.hpp"

#include <string>

namespace rraebench {

/// The whole page, with styles, scripts, charts and pictures in it. Text from the database is escaped, and
/// the page forbids itself (Content-Security-Policy) to load anything. Works on an empty report.
std::string render_html(const ComparisonReport& report);

}  // namespace rraebench
