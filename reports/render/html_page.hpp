#pragma once
// Implements: one page of a report in HTML.

#include "reports/analysis/comparison.hpp"

#include <string>
#include <vector>

namespace rraebench::html {

/// A suite's own page.
struct PageLink {
  std::string suite;
  std::string file;
  std::string summary;
};

/// Distinct, in the order of the report.
std::vector<std::string> suite_names(const ComparisonReport& report);

/// The whole report; where its suites have `pages` of their own, links to them in place of comparisons.
std::string render_page(const ComparisonReport& report, const std::vector<PageLink>& pages);

}  // namespace rraebench::html
