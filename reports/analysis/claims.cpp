#include "reports/analysis/claims.hpp"

#include "reports/analysis/comparison.hpp"
#include "reports/analysis/seed_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace rraebench {
namespace {

/// Where a claim's figure stands.
struct Found {
  const Comparison* comparison = nullptr;
  const MetricTable* table = nullptr;
  std::size_t column = 0;
  std::string missing;  // Why it is nowhere.
};

Found find_figure(const std::vector<Comparison>& comparisons, const std::string& suite,
                  const ClaimRecord& claim) {
  Found found;
  std::size_t columns = 0;
  for (const auto& comparison : comparisons) {
    if (comparison.suite != suite || comparison.name != claim.comparison) continue;
    found.comparison = &comparison;
    for (const auto& table : comparison.tables)
      for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto& column = table.columns[i];
        if (figure_key(column) != std::tie(claim.protocol, claim.name, claim.variant, claim.split)) continue;
        ++columns;
        found.table = &table;
        found.column = i;
      }
  }
  if (found.comparison == nullptr)
    found.missing = "not run yet";
  else if (columns == 0)
    found.missing = "not measured";
  else if (columns > 1)
    found.missing = "measured with several instruments, which cannot be compared";
  return found;
}

/// The label's row, or why nothing can be said of it.
const MetricCell* cell_of(const Found& found, const std::string& label, std::string& reason) {
  const auto& labels = found.comparison->labels;
  const auto row = std::find_if(labels.begin(), labels.end(),
                                [&](const LabelSummary& summary) { return summary.label == label; });
  if (row == labels.end()) {
    reason = label + " was not run yet";
    return nullptr;
  }
  const auto& cell = found.table->cells[static_cast<std::size_t>(row - labels.begin())][found.column];
  const auto failed = cell.not_a_number + row->tally.failed_by_model();
  if (failed > 0)
    reason = fmt::format("{} of {} seeds of {} gave no figure", failed, row->tally.expected, label);
  else if (cell.values.size() < kFewestSeeds)
    reason = fmt::format("{} has {} of the {} seeds that it takes", label, cell.values.size(), kFewestSeeds);
  else
    return &cell;
  return nullptr;
}

void decide_better(DecidedClaim& decided, const MetricCell& a, const MetricCell& b,
                   const MetricColumn& column) {
  const auto compared = compare_seeds(a.values, b.values);
  decided.test = compared.test;
  decided.seeds = compared.seeds;
  if (!std::isfinite(compared.difference)) {
    decided.reason = "a figure is infinite";
    return;
  }
  decided.effect = compared.difference;
  decided.lower = compared.lower;
  decided.upper = compared.upper;
  decided.p_value = compared.p_value;
  if (!(compared.p_value < kSignificance)) {
    decided.reason = fmt::format("no difference at {} (p = {:.2g})", kSignificance, compared.p_value);
    return;
  }
  const bool ahead = column.better == "higher" ? compared.difference > 0.0 : compared.difference < 0.0;
  decided.outcome = ahead ? ClaimOutcome::kHolds : ClaimOutcome::kDoesNotHold;
  decided.reason = compared.p_value > 0.0 ? fmt::format("p = {:.2g}", compared.p_value)
                                          : "neither side varies from seed to seed";
}

void decide_bound(DecidedClaim& decided, const MetricCell& cell) {
  const auto& claim = decided.claim;
  decided.seeds = cell.values.size();
  if (!std::isfinite(cell.summary.mean)) {
    decided.reason = "the figure is infinite";
    return;
  }
  const double half = interval_half_width(cell.summary, 0.95).value_or(0.0);
  decided.effect = cell.summary.mean;
  decided.lower = cell.summary.mean - half;
  decided.upper = cell.summary.mean + half;
  const double infinity = std::numeric_limits<double>::infinity();
  const double value = claim.value.value_or(0.0);
  const double tolerance = claim.tolerance.value_or(0.0);
  const auto [low, high] = claim.kind == "at_most"    ? std::pair(-infinity, value)
                           : claim.kind == "at_least" ? std::pair(value, infinity)
                                                      : std::pair(value - tolerance, value + tolerance);
  if (*decided.lower >= low && *decided.upper <= high)
    decided.outcome = ClaimOutcome::kHolds;
  else if (*decided.upper < low || *decided.lower > high)
    decided.outcome = ClaimOutcome::kDoesNotHold;
  else
    decided.reason = "the mean's interval reaches over the bound";
}

DecidedClaim decide(const std::vector<Comparison>& comparisons, const ClaimRow& row) {
  DecidedClaim decided;
  decided.suite = row.suite;
  decided.claim = row.record;
  const auto found = find_figure(comparisons, row.suite, row.record);
  if (!found.missing.empty()) {
    decided.reason = found.missing;
    return decided;
  }
  const auto& column = found.table->columns[found.column];
  decided.unit = column.unit;
  const auto* own = cell_of(found, row.record.label, decided.reason);
  if (own == nullptr) return decided;
  if (row.record.kind != "better") {
    decide_bound(decided, *own);
    return decided;
  }
  if (const auto* other = cell_of(found, row.record.than, decided.reason))
    decide_better(decided, *own, *other, column);
  return decided;
}

}  // namespace

const char* claim_outcome_name(ClaimOutcome outcome) {
  switch (outcome) {
    case ClaimOutcome::kHolds:
      return "holds";
    case ClaimOutcome::kDoesNotHold:
      return "does not hold";
    case ClaimOutcome::kUndecided:
      break;
  }
  return "undecided";
}

std::vector<DecidedClaim> decide_claims(const std::vector<Comparison>& comparisons,
                                        const std::vector<ClaimRow>& claims) {
  std::vector<DecidedClaim> decided;
  for (const auto& claim : claims) decided.push_back(decide(comparisons, claim));
  return decided;
}

}  // namespace rraebench
