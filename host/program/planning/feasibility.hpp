#pragma once
// Implements: what of a comparison could only fail after training, found before anything is started.

#include "host/common/cell.hpp"
#include "host/program/planning/dataset_facts.hpp"
#include "host/program/suites/suite.hpp"
#include "rraebench/options.hpp"

#include <vector>

namespace rraebench {

/// `spec` of a comparison's model against its data: splits, network and its output, extractor, interpolation,
/// samplers, sizes of feature metrics, steps. Throws UserError that begins with the place in the suite.
void check_comparison(const RunSpec& spec, const DatasetFacts& facts, const SuiteComparison& comparison);

/// The options of `spec` against what bounds them (bounded_by()). Throws UserError like the above.
void check_bounds(const RunSpec& spec, const DatasetFacts& facts, const std::vector<OptionRule>& rules,
                  const SuiteModel& model);

/// The file that plan.statistics names: whether it has what the metrics need. Throws UserError.
void check_statistics(const FeaturePlan& plan);

}  // namespace rraebench
