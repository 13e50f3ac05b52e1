#pragma once
// Implements: claims of a suite decided by its figures.

#include "reports/analysis/comparison.hpp"
#include "reports/analysis/decided_claim.hpp"
#include "reports/store/report_rows.hpp"

#include <vector>

namespace rraebench {

const char* claim_outcome_name(ClaimOutcome outcome);

/// "better" holds where the difference is significant at 0.05 in the direction of the metric, does not where
/// it is in the other; the other kinds by the mean's 95 % interval, which must lie inside the bounds, or
/// outside. Everything else is undecided: fewer than kFewestSeeds, seeds that failed, an interval across a
/// bound. Each claim was stated before the figures: p-values are not corrected for their number. "better" at
/// an equal rate is of each seed's at_equal_rate(). Figures of several instruments (classifiers of two
/// machines) are undecided, but of "better" where each measured the same seeds of both sides.
std::vector<DecidedClaim> decide_claims(const std::vector<Comparison>& comparisons,
                                        const std::vector<ClaimRow>& claims);

}  // namespace rraebench
