#pragma once
// Implements: figures that look good and say nothing of a model.

#include "reports/analysis/comparison.hpp"

#include <cstddef>
#include <string>

namespace rraebench {

/// Why the label in that row has the column's figure for nothing: "has collapsed", as to path length,
/// precision and variance of the latent, or "covers less than 1 % of the real samples", as to precision and
/// density; empty where it has not. `label`: of that row.
std::string why_for_nothing(const MetricTable& table, std::size_t column, std::size_t row,
                            const LabelSummary& label);

}  // namespace rraebench
