#pragma once
// Implements: what changed between two states of the results, figure by figure.

#include "reports/analysis/best_set.hpp"
#include "reports/store/report_rows.hpp"
#include "reports/summary_statistics.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rraebench {

enum class ChangeKind {
  kWorse,
  kFails,  // Fewer seeds go well than before, or give the figure.
  kBetter,
  kMended,        // More do.
  kOther,         // Changed where neither direction is good.
  kIncomparable,  // Measured with another instrument, a time on another machine, too few seeds to tell.
  kGone,
  kNew,
  kWithinNoise,  // Changed, but not beyond the tolerance or not more than seeds differ anyway.
  kSame,         // To the last bit.
};

const char* change_name(ChangeKind kind);

/// A figure of a model, or, where `column` has no name, whether its runs went well.
struct Change {
  Place place;
  MetricColumn column;
  ChangeKind kind = ChangeKind::kSame;
  SummaryStatistics before;
  SummaryStatistics after;
  PairTest test = PairTest::kNone;  // None: fewer than kFewestSeeds on a side.
  std::optional<double> p_value;    // Holm's correction for all figures that were tested.
};

/// Models are paired by suite, comparison, data set and label, whatever their builds and settings. A figure
/// has changed where its mean over the seeds that both have (over all, where they share none) moved by more
/// than `tolerance` (0.01) of the larger mean and, where there are seeds to test it, significantly; without a
/// test, times and figures of other seeds are not compared. One that
/// a seed gave and, though it went well, gives no longer, or as no number, fails; one that no run gives is
/// gone. The worst first, else in the order of `before`.
std::vector<Change> find_changes(const ReportRows& before, const ReportRows& after, double tolerance);

}  // namespace rraebench
