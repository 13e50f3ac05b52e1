#pragma once
// Implements: two models over a sweep held against each other where a figure of theirs is equal, such as the
// KL divergence, and not where the swept option is.

#include "reports/analysis/comparison.hpp"
#include "reports/analysis/sweeps.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

/// A figure of a comparison's models.
struct TableColumn {
  const MetricTable* table = nullptr;
  std::size_t column = 0;

  const MetricColumn& head() const { return table->columns[column]; }
  const MetricCell& of(std::size_t label) const { return table->cells[label][column]; }
};

/// Of the test split where there is one, and of those what most models have: not each can draw from a prior.
std::optional<TableColumn> find_column(const std::vector<MetricTable>& tables, const std::string& protocol,
                                       const std::string& name);

/// A figure's mean over the rates that all have in common, of each seed that has both at every point of its
/// line.
struct AtEqualRate {
  double from = 0.0;
  double to = 0.0;
  std::vector<SeedValue> a;
  std::vector<SeedValue> b;
};

/// Over each seed's points, in order of rate, the figure runs in straight lines; its mean is the area below
/// them over the width. nullopt where a line has no such seed, or the seeds no rate in common.
/// Source: after Bjøntegaard 2001 (VCEG-M33), who has polynomials of the logarithmic rate.
std::optional<AtEqualRate> at_equal_rate(const SweepLine& a, const SweepLine& b, const TableColumn& rate,
                                         const TableColumn& figure);

}  // namespace rraebench
