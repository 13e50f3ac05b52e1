#pragma once
// Implements: sentences that every format of a report says alike.

#include "reports/analysis/comparison.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {

/// Of all its labels, whether they went well or not.
std::int64_t ended_runs(const Comparison& comparison);

/// "Data shift · 3 models · 2 seeds · 6 runs"
std::string summarise(const Comparison& comparison);

/// "quick · shift · seed 3 · attempt 1 · exit code 1": what to look for in the database.
std::string describe_end(const FailedRun& run);

/// "3 of 3 runs", "2 of 4 runs, 1 diverged, 1 missing".
std::string describe(const RunTally& tally);

/// What the mean does not tell: "n=2 of 3" where runs lack the figure, "median 1.23" where one odd seed
/// decides the mean; else empty.
std::string describe_exception(const MetricCell& cell, const RunTally& tally);

/// "n=3", and from five runs on, whose mean one odd run would hide: "n=10, median 7.30, 1.55 to 128.00".
std::string describe_spread(const MetricCell& cell, std::optional<int> decimals);

/// What the marks of a table mean, by which test, and why columns have none; a sentence each.
/// `marks` says how a format marks them.
std::vector<std::string> describe_marks(
    const MetricTable& table,
    const char* marks = "Bold: the best mean and what follows it up to the first mean that is told from it");

/// Of the columns from `first` to before `last` alone.
std::vector<std::string> describe_marks(const MetricTable& table, const char* marks, std::size_t first,
                                        std::size_t last);

/// "Means over seeds ± sample standard deviation", or the interval.
std::string describe_figures(std::optional<double> confidence);

/// A paper's figure beside ours, printed: the paper's digits as it gives them, the gap with its sign and
/// whether it is for the better.
struct PrintedComparison {
  std::string published;
  std::string ours;   // Empty where not measured, like the next two.
  std::string count;  // describe_spread(), and "0.25 of the training" where that is not all.
  std::string gap;    // "+1.50, worse"
};
PrintedComparison print_published(const PublishedComparison& entry);

/// Why a cell is empty: "not a number in 2 runs", "no prior", "not measured", "2 diverged", "not run".
std::string describe_absence(const MetricCell& cell, const RunTally& tally);

/// Name and value, empty values left out.
std::vector<std::pair<std::string, std::string>> environment_facts(const EnvironmentUse& use);

/// "a.db, b.db"
std::string describe_databases(const ComparisonReport& report);

/// Shell commands that run the report's suites again as they were run, query the figures and write the
/// report.
std::vector<std::string> report_commands(const ComparisonReport& report);

/// What the columns of a table were measured with, each part of it in one place.
struct TableBasis {
  std::string common;            // Of all columns.
  std::vector<std::string> own;  // Of each column, what others have otherwise.
};

TableBasis basis_of(const MetricTable& table);

/// A table as it is shown: a figure of the real samples that is the same for all models is no column but
/// stands in what all have in common. One that has no other columns stays as it is.
struct ShownTable {
  MetricTable table;
  TableBasis basis;
};
ShownTable shown_table(const MetricTable& table);

/// Metrics that the report shows and the caller defined: name, text. In order of first appearance.
std::vector<std::pair<std::string, MetricText>> shown_definitions(const ComparisonReport& report);

}  // namespace rraebench
