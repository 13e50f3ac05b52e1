#include "reports/analysis/claims.hpp"

#include "reports/analysis/equal_rate.hpp"
#include "reports/analysis/figures_for_nothing.hpp"
#include "reports/analysis/seed_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace rraebench {
namespace {

/// Where a claim's figure stands: in one column, or in one for each instrument.
struct Found {
  const Comparison* comparison = nullptr;
  std::vector<TableColumn> columns;
  std::string missing;  // Why it is nowhere.

  const MetricColumn& head() const { return columns.front().head(); }
  bool has_several_instruments() const { return columns.size() > 1; }
};

constexpr const char* kSeveralInstruments = "measured with several instruments, which cannot be compared";

Found find_figure(const std::vector<Comparison>& comparisons, const std::string& suite,
                  const ClaimRecord& claim) {
  Found found;
  for (const auto& comparison : comparisons) {
    if (comparison.suite != suite || comparison.name != claim.comparison) continue;
    if (found.columns.empty()) found.comparison = &comparison;
    for (const auto& table : comparison.tables)
      for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (figure_key(table.columns[i]) ==
            std::tie(claim.protocol, claim.name, claim.variant, claim.split)) {
          if (found.comparison != &comparison) found.missing = kSeveralInstruments;  // Of other data.
          found.columns.push_back({&table, i});
        }
  }
  if (found.comparison == nullptr)
    found.missing = "not run yet";
  else if (found.columns.empty())
    found.missing = "not measured";
  else if (found.has_several_instruments() && !found.head().machine.empty())
    found.missing = "measured on several machines, whose times cannot be compared";
  else if (found.has_several_instruments() && (claim.kind != "better" || !claim.at_equal.empty()))
    found.missing = kSeveralInstruments;
  return found;
}

/// Why nothing can be said of a label's figure; empty where something can.
std::string fault_of(const LabelSummary& label, const MetricCell& cell, const TableColumn& column,
                     std::size_t row) {
  if (const auto why = why_for_nothing(*column.table, column.column, row, label); !why.empty())
    return label.label + " " + why + " and has the figure for nothing";
  const auto failed = cell.not_a_number + label.tally.failed_by_model();
  if (failed > 0)
    return fmt::format("{} of {} seeds of {} gave no figure", failed, label.tally.expected, label.label);
  if (cell.values.size() < kFewestSeeds)
    return fmt::format("{} has {} of the {} seeds that it takes", label.label, cell.values.size(),
                       kFewestSeeds);
  return {};
}

/// The label's row, or why there is none.
std::optional<std::size_t> row_of(const Found& found, const std::string& label, std::string& reason) {
  const auto row = label_index(*found.comparison, label);
  if (row < found.comparison->labels.size()) return row;
  reason = label + " was not run yet";
  return std::nullopt;
}

/// The row's figures, of all instruments together, or why nothing can be said of them.
std::optional<MetricCell> cell_of(const Found& found, std::size_t row, std::string& reason) {
  auto cell = found.columns.front().of(row);
  for (auto column = found.columns.begin() + 1; column != found.columns.end(); ++column) {
    const auto& further = column->of(row);
    cell.values.insert(cell.values.end(), further.values.begin(), further.values.end());
    cell.not_a_number += further.not_a_number;
  }
  std::sort(cell.values.begin(), cell.values.end(),
            [](const SeedValue& a, const SeedValue& b) { return a.seed < b.seed; });
  reason = fault_of(found.comparison->labels[row], cell, found.columns.front(), row);
  return reason.empty() ? std::optional(cell) : std::nullopt;
}

/// Whether each instrument measured the same seeds of both, if there are several: then its part in their
/// means is the same, too.
bool is_shared_out_alike(const std::vector<TableColumn>& instruments, std::size_t a, std::size_t b) {
  if (instruments.size() == 1) return true;
  return std::all_of(instruments.begin(), instruments.end(), [&](const TableColumn& column) {
    const auto& own = column.of(a).values;
    const auto& other = column.of(b).values;
    return std::equal(own.begin(), own.end(), other.begin(), other.end(),
                      [](const SeedValue& one, const SeedValue& two) { return one.seed == two.seed; });
  });
}

/// The sweep of the model, or why nothing can be said of it.
std::optional<SweepLine> line_of(const Found& found, const TableColumn& rate, const std::string& name,
                                 std::string& reason) {
  for (const auto& sweep : find_sweeps(*found.comparison))
    for (const auto& line : sweep.lines) {
      if (line.name != name) continue;
      for (const auto& point : line.points)
        for (const auto& figure : {found.columns.front(), rate}) {
          reason =
              fault_of(found.comparison->labels[point.label], figure.of(point.label), figure, point.label);
          if (!reason.empty()) return std::nullopt;
        }
      return line;
    }
  reason = fmt::format("of {} fewer than {} values were run yet", name, kFewestSweptValues);
  return std::nullopt;
}

using SeedValues = std::vector<SeedValue>;

void decide_better(DecidedClaim& decided, const SeedValues& a, const SeedValues& b,
                   const MetricColumn& column) {
  const auto compared = compare_seeds(a, b);
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

void decide_at_equal_rate(DecidedClaim& decided, const Found& found) {
  const auto& claim = decided.claim;
  const auto [protocol, name] = figure_parts(claim.at_equal);
  const auto rate = find_column(found.comparison->tables, protocol, name);
  if (!rate) {
    decided.reason = claim.at_equal + " was not measured";
    return;
  }
  const auto own = line_of(found, *rate, claim.label, decided.reason);
  const auto other = own ? line_of(found, *rate, claim.than, decided.reason) : std::nullopt;
  if (!other) return;
  const auto equal = at_equal_rate(*own, *other, *rate, found.columns.front());
  if (!equal) {
    decided.reason = "no " + claim.at_equal + " that all seeds of both reach";
    return;
  }
  decided.from = equal->from;
  decided.to = equal->to;
  decided.rate_unit = rate->head().unit;
  decide_better(decided, equal->a, equal->b, found.head());
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
  decided.unit = found.head().unit;
  if (!row.record.at_equal.empty()) {
    decide_at_equal_rate(decided, found);
    return decided;
  }
  const auto label = row_of(found, row.record.label, decided.reason);
  const auto own = label ? cell_of(found, *label, decided.reason) : std::nullopt;
  if (!own) return decided;
  if (row.record.kind != "better") {
    decide_bound(decided, *own);
    return decided;
  }
  const auto than = row_of(found, row.record.than, decided.reason);
  const auto other = than ? cell_of(found, *than, decided.reason) : std::nullopt;
  if (!other) return decided;
  if (!is_shared_out_alike(found.columns, *label, *than)) {
    decided.reason = kSeveralInstruments;
    return decided;
  }
  decided.instruments = found.columns.size();
  decide_better(decided, own->values, other->values, found.head());
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
