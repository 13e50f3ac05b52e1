#pragma once
// Implements: what is unknown, repeats or contradicts itself in a comparison of a suite.

#include "host/program/suites/suite.hpp"
#include "host/program/suites/toml_reader.hpp"

#include <set>
#include <string>
#include <type_traits>
#include <vector>

namespace rraebench {

/// Throws UserError naming `key` for a value that stands twice.
template <typename Value>
void require_distinct(const TomlReader& table, const std::string& key, const std::vector<Value>& values) {
  std::set<Value> seen;
  for (const auto& value : values) {
    if (seen.insert(value).second) continue;
    if constexpr (std::is_arithmetic_v<Value>)
      table.fail(key, std::to_string(value) + " stands twice");
    else
      table.fail(key, "'" + value + "' stands twice");
  }
}

/// What is wrong with a value that training.precision or keep has, or an option in their place; empty:
/// nothing.
std::string precision_fault(const std::string& precision);
std::string kind_fault(const std::string& kind);

/// Those of `kinds` that the runs of `comparison` can leave.
std::vector<std::string> possible_kinds(std::vector<std::string> kinds, const SuiteComparison& comparison);

/// Keys that would have no effect beside the others: a user who writes them expects one. Throws UserError.
void check_interpolation_keys(const TomlReader& table, const InterpolationPlan& plan);
void check_feature_keys(const TomlReader& table, const FeaturePlan& plan);
void check_comparison_keys(const TomlReader& table, const SuiteComparison& comparison);

/// The same published figure twice. Throws UserError.
void require_new_figure(const TomlReader& entry, const PublishedRecord& record,
                        const std::vector<PublishedRecord>& before);

}  // namespace rraebench
