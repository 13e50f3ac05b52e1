#pragma once
// Implements: a report as Markdown with tables, for a README or an issue.

#include "reports/analysis/comparison.hpp"

#include <string>

namespace rraebench {

/// Tables of figures (mean ± sample standard deviation, the best bold), published figures, failed runs and
/// the environment; charts and pictures are for the HTML page. Text from the database is escaped.
std::string render_markdown(const ComparisonReport& report);

}  // namespace rraebench
