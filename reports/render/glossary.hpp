#pragma once
// Implements: how protocols, metrics and columns are called in reports.

#include "reports/analysis/comparison.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// "Reconstruction"; what is no protocol ("cost") with a capital.
std::string protocol_title(const std::string& protocol);

/// "FID", "KL total", "Relative error": the name with spaces, a capital and acronyms set as such.
std::string metric_title(const std::string& name);

/// "↓" where lower is better, "↑" where higher is, else empty.
std::string better_arrow(const std::string& better);

/// "gaussian · test": those that are not empty.
std::string join_parts(const std::vector<std::string>& parts);

/// "gaussian · test": which of several figures of the same name; empty where there is one.
std::string column_kind(const MetricColumn& column);

/// "classifier@3fa9c1d2": the network whose features were taken; empty where there is none. The SHA-256 is
/// cut to 8 digits.
std::string column_instrument(const MetricColumn& column);

/// "10000 real, 1000 own samples"; empty where that means nothing.
std::string column_counts(const MetricColumn& column);

/// "classifier@3fa9c1d2 · 10000 real, 1000 own samples": what the figure was measured with; empty where that
/// means nothing. Figures that differ in this are not comparable.
std::string column_basis(const MetricColumn& column);

/// All of it in a line: "Relative error, % ↓ · test".
std::string column_words(const MetricColumn& column, const std::string& basis);

}  // namespace rraebench
