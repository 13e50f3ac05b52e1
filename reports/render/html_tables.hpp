#pragma once
// Implements: the tables of a page: figures of a protocol, and figures of a paper beside ours.

#include "reports/analysis/comparison.hpp"
#include "reports/render/html_data.hpp"

namespace rraebench::html {

Data table_data(const MetricTable& table, const Comparison& comparison, const ReportOptions& options);

Data published_rows(const Comparison& comparison);

}  // namespace rraebench::html
