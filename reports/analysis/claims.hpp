#pragma once
// Implements: claims of a suite decided by its figures.

#include "reports/analysis/best_set.hpp"
#include "reports/store/report_rows.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

struct Comparison;

enum class ClaimOutcome { kHolds, kDoesNotHold, kUndecided };

const char* claim_outcome_name(ClaimOutcome outcome);

struct DecidedClaim {
  std::string suite;
  ClaimRecord claim;
  ClaimOutcome outcome = ClaimOutcome::kUndecided;
  std::string reason;            // Why it is undecided, or what else must be known; may be empty.
  std::size_t seeds = 0;         // Behind the figure; of "better", of each side.
  std::size_t instruments = 1;   // That measured them, each the same seeds of both sides.
  std::optional<double> effect;  // Mean, or mean less the other's mean;
  std::optional<double> lower;   // and its 95 % interval.
  std::optional<double> upper;
  PairTest test = PairTest::kNone;
  std::optional<double> p_value;  // Of "better".
  std::string unit;
  std::optional<double> from;  // Of a claim at equal rate: the rates that all seeds have in common,
  std::optional<double> to;
  std::string rate_unit;  // and their unit.
};

/// "better" holds where the difference is significant at 0.05 in the direction of the metric, does not where
/// it is in the other; the other kinds by the mean's 95 % interval, which must lie inside the bounds, or
/// outside. Everything else is undecided: fewer than kFewestSeeds, seeds that failed, an interval across a
/// bound. Each claim was stated before the figures: p-values are not corrected for their number. "better" at
/// an equal rate is of each seed's at_equal_rate(). Figures of several instruments (classifiers of two
/// machines) are undecided, but of "better" where each measured the same seeds of both sides.
std::vector<DecidedClaim> decide_claims(const std::vector<Comparison>& comparisons,
                                        const std::vector<ClaimRow>& claims);

}  // namespace rraebench
