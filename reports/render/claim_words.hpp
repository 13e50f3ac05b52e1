#pragma once
// Implements: decided claims in words and as a table.

#include "reports/analysis/claims.hpp"
#include "reports/store/table.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// "difference −3.2 %, 95 % interval −4.1 to −2.3, n=5, Welch's test, p = 0.001"; of an undecided one the
/// reason.
std::string describe_evidence(const DecidedClaim& decided);

/// "RRAE strong better than DAE, interpolate/relative_error (grid, test), comparison shift".
std::string describe_claim_figure(const DecidedClaim& decided);

/// A row a claim, with plain numbers.
Table claim_table(const std::vector<DecidedClaim>& claims);

/// The same for people: what is claimed, whether it holds, and what that rests on.
Table claim_words_table(const std::vector<DecidedClaim>& claims);

}  // namespace rraebench
