#include "reports/render/html.hpp"

#include "reports/render/html_page.hpp"
#include "reports/render/report_words.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace rraebench {
namespace {

template <typename Rows, typename SuiteOf>
Rows of_suite(const Rows& rows, const std::string& suite, const SuiteOf& suite_of) {
  Rows chosen;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(chosen),
               [&](const auto& row) { return suite_of(row) == suite; });
  return chosen;
}

/// What of a report is of one suite.
ComparisonReport part_of(const ComparisonReport& report, const std::string& suite) {
  ComparisonReport part;
  const auto own = [](const auto& row) -> const std::string& { return row.suite; };
  part.claims = of_suite(report.claims, suite, own);
  part.commands = of_suite(report.commands, suite, own);
  part.comparisons = of_suite(report.comparisons, suite, own);
  part.failures = of_suite(report.failures, suite, own);
  part.environments = report.environments;
  part.database_path = report.database_path;
  part.schema_version = report.schema_version;
  part.options = report.options;
  for (const auto& comparison : part.comparisons) {
    part.runs += ended_runs(comparison);
    for (const auto& label : comparison.labels) part.ok_runs += label.tally.ok;
  }
  return part;
}

}  // namespace

std::string render_html(const ComparisonReport& report) {
  return html::render_page(report, {});
}

std::vector<ReportFile> render_html_pages(ComparisonReport report, const std::string& name) {
  const auto suites = html::suite_names(report);
  if (report.runs <= kMostRunsOfAPage || suites.size() < 2) return {{name, render_html(report)}};
  const auto stem = name.substr(0, name.rfind(".html"));
  FileNames names;
  std::vector<html::PageLink> pages;
  std::vector<ReportFile> files;
  for (const auto& suite : suites) {
    const auto part = part_of(report, suite);
    const auto file = stem + "-" + names.take({suite}) + ".html";
    pages.push_back({suite, file,
                     fmt::format("{}, {} runs, {} not ok", plural(part.comparisons.size(), "comparison"),
                                 part.runs, part.failures.size())});
    files.push_back({file, render_html(part)});
  }
  files.insert(files.begin(), {name, html::render_page(report, pages)});
  return files;
}

}  // namespace rraebench
