#pragma once
// Implements: what came of a suite's claim.

#include "reports/analysis/best_set.hpp"
#include "reports/store/run_record.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace rraebench {

enum class ClaimOutcome { kHolds, kDoesNotHold, kUndecided };

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

}  // namespace rraebench
