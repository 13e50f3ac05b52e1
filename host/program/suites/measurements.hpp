#pragma once
// Implements: what a suite has made with trained models, and by what that is measured, read from TOML.

#include "host/program/suites/suite.hpp"
#include "host/program/suites/toml_reader.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// Extractor, reference, metrics, interpolation and generation of `comparison` from its table. Throws
/// UserError.
void read_measurements(const TomlReader& table, SuiteComparison& comparison);

/// What FeaturePlan::metrics are where a suite names none.
std::vector<std::string> usual_metrics(const FeaturePlan& plan);

/// What of `metrics` FeaturePlan::metrics may not name beside this extractor; empty, or what is wrong.
std::string feature_metrics_fault(const std::vector<std::string>& metrics, const std::string& extractor);

}  // namespace rraebench
