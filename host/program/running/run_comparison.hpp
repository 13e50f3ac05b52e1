#pragma once
// Implements: how far two records of one run differ: every figure, curve, spectrum and picture, times alone
// left out.

#include "reports/store/run_record.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// Of a figure relative to its size, of a curve or spectrum relative to its largest value; of a picture, two
/// of 255 brightness steps. What other threads, processors or libraries change lies well below, what another
/// result would be well above.
constexpr double kRunTolerance = 1e-5;

enum class Agreement { kBitwise, kWithinTolerance, kDifferent };

const char* agreement_name(Agreement agreement);  // "bitwise equal", "within tolerance", "different".

struct ComparedFigure {
  std::string name;  // "reconstruct relative_error test", "curve loss", "picture generate samples prior".
  std::string stored;
  std::string again;
  Agreement agreement = Agreement::kBitwise;
  double difference = 0.0;  // Relative, as kRunTolerance says; infinite where one side lacks it.
};

/// In the order of `stored`, then what only `again` has.
std::vector<ComparedFigure> compare_runs(const RunRecord& stored, const RunRecord& again);

}  // namespace rraebench
