#pragma once
// Implements: what a report says, as plain values, before it is rendered.

#include "reports/analysis/best_set.hpp"
#include "reports/analysis/decided_claim.hpp"
#include "reports/analysis/settings.hpp"
#include "reports/store/report_rows.hpp"
#include "reports/store/run_record.hpp"
#include "reports/summary_statistics.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

/// How a figure stands in its column: has the best mean, cannot be told from it, or neither.
enum class Mark { kNone, kLeads, kAlike };

/// A figure over the seeds of the ok runs. summary.count == 0: nothing was measured.
struct MetricCell {
  std::vector<SeedValue> values;  // Numbers only, by seed.
  std::int64_t not_a_number = 0;  // Runs where it is none.
  SummaryStatistics summary;
  Mark mark = Mark::kNone;
  std::string why_absent;  // Of one without figures: "no prior"; empty where that is not known.
};

struct MetricTable {
  std::string protocol;
  std::vector<MetricColumn> columns;               // In order of first appearance.
  std::vector<std::vector<MetricCell>> cells;      // [label][column], labels as in Comparison::labels.
  std::vector<BestSet> best;                       // Of each column, indices being labels.
  std::vector<std::vector<std::string>> left_out;  // Of each column, labels with figures that can't be best.
};

/// How the runs of a label ended. `expected` counts the seeds that any label of the comparison was run with.
struct RunTally {
  std::int64_t expected = 0;
  std::int64_t ok = 0;
  std::map<RunStatus, std::int64_t> failed;
  std::int64_t unfinished = 0;  // Of the failed: stopped, or the machine's fault (tells_of_model()).
  std::int64_t missing = 0;

  std::int64_t failed_by_model() const {
    std::int64_t count = -unfinished;
    for (const auto& [status, runs] : failed) count += runs;
    return count;
  }
};

struct LabelSummary {
  std::string label;
  std::string model;
  std::size_t colour = 0;                      // The same for this label in the whole report.
  bool collapsed = false;                      // Of its latent nothing is active: some figures are trivial.
  std::map<std::string, std::string> options;  // Of the model, as its runs were given them.
  std::string option_line;        // "latent=16, beta=0.001", first what differs between the models.
  std::vector<Setting> settings;  // What else is not as in other models.
  double budget_share = 1.0;      // budget_share() of its last run.
  std::string version;            // Of its plugin,
  std::string summary;            // and what that says of itself; may be empty.
  std::string citation;
  RunTally tally;
};

struct TrainingCurve {
  std::size_t label = 0;  // Index into Comparison::labels, here and below.
  std::int64_t seed = 0;
  RunStatus status = RunStatus::kOk;
  std::string series;
  std::vector<std::int64_t> steps;
  std::vector<double> values;  // Finite; thinned out, extremes kept.
  bool unfinished = false;     // As in RunTally.
};

struct Spectrum {
  std::size_t label = 0;
  std::int64_t seed = 0;
  std::string name;  // As in SpectrumRecord.
  std::vector<double> values;
};

/// A picture of the label's first seed that is ok.
struct ReportImage {
  std::size_t label = 0;
  std::int64_t seed = 0;
  ImageRecord image;
  bool shared = false;  // It is every label's, and stands once.
};

/// A paper's figure beside ours; one for every column of ours that it may be compared with.
struct PublishedComparison {
  std::string label;
  MetricColumn column;  // Without extractor, counts, unit where we have no such figure.
  double published = 0.0;
  std::optional<double> published_deviation;
  std::optional<MetricCell> ours;
  double budget_share = 1.0;  // Of the training that ours had.
  std::string source;
};

/// Models on the same data with the same networks and budget.
struct Comparison {
  std::string suite;
  std::string name;
  std::string dataset;
  std::vector<std::int64_t> seeds;
  std::vector<LabelSummary> labels;  // In the order of ReportRows::places.
  std::vector<Setting> settings;     // What all models have in common.
  std::vector<MetricTable> tables;   // One a protocol, in the order in which they are run.
  MetricTable cost;                  // Parameters, steps, time and memory of the ok runs, from the run table;
                                     // without cells where all samples were made elsewhere.
  std::vector<TrainingCurve> curves;  // Failed runs too.
  std::vector<Spectrum> spectra;      // Of ok runs.
  std::vector<ReportImage> images;
  std::vector<PublishedComparison> published;
  std::vector<std::string> notes;  // What makes the figures less comparable than they look.
};

inline bool stands_at(const Comparison& comparison, const Place& place) {
  return comparison.suite == place.suite && comparison.name == place.comparison &&
         comparison.dataset == place.dataset;
}

/// Index of the label; their number where it is none of them.
inline std::size_t label_index(const Comparison& comparison, const std::string& label) {
  const auto& labels = comparison.labels;
  return static_cast<std::size_t>(
      std::find_if(labels.begin(), labels.end(),
                   [&](const LabelSummary& summary) { return summary.label == label; }) -
      labels.begin());
}

struct FailedRun {
  std::string suite;
  std::string comparison;
  std::string dataset;
  std::string label;
  std::int64_t seed = 0;
  std::int64_t attempt = 1;
  RunStatus status = RunStatus::kError;
  std::optional<std::int64_t> exit_code;
  std::optional<std::int64_t> signal;
  std::string message;
  std::string stderr_tail;
};

struct EnvironmentUse {
  EnvironmentRecord environment;
  std::int64_t runs = 0;
};

struct MetricText {
  std::string definition;
  std::string source;
};

/// What the caller adds to the database's content, so that equal inputs give equal reports.
struct ReportOptions {
  std::string program_version;
  std::string generated_at;                       // For people, in UTC.
  std::string command;                            // That wrote this report, for the footer; may be empty.
  std::vector<std::string> further_databases;     // Whose runs are in it, beside the rows' own.
  std::optional<double> interval;                 // 0.95: intervals in place of deviations.
  std::map<std::string, MetricText> definitions;  // By metric name; the report explains those that it shows.
};

/// Commands that repeat the runs of a suite: as they were given, and in which folder.
struct GivenCommand {
  std::string suite;
  std::string command;
  std::string folder;
};

struct ComparisonReport {
  std::vector<DecidedClaim> claims;     // Of these suites.
  std::vector<GivenCommand> commands;   // Each once, the last given first.
  std::vector<Comparison> comparisons;  // In the order of ReportRows::places, those of a suite together.
  std::vector<FailedRun> failures;      // Current runs that are not ok.
  std::vector<EnvironmentUse> environments;
  std::int64_t runs = 0;  // Current ones, of all statuses.
  std::int64_t ok_runs = 0;
  std::string database_path;
  std::int32_t schema_version = 0;
  ReportOptions options;
};

}  // namespace rraebench
