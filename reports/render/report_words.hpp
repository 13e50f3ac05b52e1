#pragma once
// Implements: sentences that every format of a report says alike.

#include "reports/analysis/comparison.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {

/// "Data shift · 3 models · 2 seeds · 6 runs"
std::string summarise(const Comparison& comparison);

/// "quick · shift · seed 3 · attempt 1 · exit code 1": what to look for in the database.
std::string describe_end(const FailedRun& run);

/// "n=3", and from five runs on, whose mean one odd run would hide: "n=10, median 7.30, 1.55 to 128.00".
std::string describe_spread(const MetricCell& cell, std::optional<int> decimals);

/// Why a cell is empty: "not a number in 2 runs", "not measured", "no run is ok".
std::string describe_absence(const MetricCell& cell, const RunTally& tally);

/// Name and value, empty values left out.
std::vector<std::pair<std::string, std::string>> environment_facts(const EnvironmentUse& use);

/// Shell commands that run the report's suites again, query the figures and write the report.
std::vector<std::string> report_commands(const ComparisonReport& report);

/// What all columns of a table were measured with; empty where they differ (then each column says it).
std::string common_basis(const MetricTable& table);

/// Metrics that the report shows and the caller defined: title, text. In order of first appearance.
std::vector<std::pair<std::string, MetricText>> shown_definitions(const ComparisonReport& report);

}  // namespace rraebench
