#pragma once
// Implements: the rows that a report is made of, as plain values, and their reading from a database.

#include "reports/store/database.hpp"
#include "reports/store/run_record.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace rraebench {

/// Where a run stands in a report.
struct Place {
  std::string suite;
  std::string comparison;
  std::string dataset;
  std::string label;
};

inline auto place_key(const Place& place) {
  return std::tie(place.suite, place.comparison, place.dataset, place.label);
}
inline bool operator==(const Place& a, const Place& b) {
  return place_key(a) == place_key(b);
}
inline bool operator<(const Place& a, const Place& b) {
  return place_key(a) < place_key(b);
}

/// Figures of one column are comparable: they agree in all of this.
struct MetricColumn {
  std::string protocol;
  std::string name;
  std::string variant;
  std::string split;
  std::string unit;
  std::string better;  // "lower", "higher" or "".
  std::string extractor;
  std::string extractor_sha256;
  std::int64_t reference_count = 0;
  std::int64_t sample_count = 0;
  std::string machine = {};  // Of times, where they come from several: "AMD EPYC, 2 threads".
};

/// Which figure it is, whatever it was measured with.
inline auto figure_key(const MetricColumn& column) {
  return std::tie(column.protocol, column.name, column.variant, column.split);
}

/// All places that have runs, also such as are not current: suites in order of first appearance, the places
/// of one as it has them, whichever ended first, and behind these, as they came, those that no suite asked
/// for.
std::vector<Place> read_places(const ResultsDatabase& database);

/// A current run (see the view `runs`).
struct RunRow {
  std::int64_t id = 0;
  Place place;
  std::string model;
  std::int64_t seed = 0;
  RunStatus status = RunStatus::kError;
  Fault fault = Fault::kModel;  // Of a run that failed.
  std::int64_t attempt = 1;
  std::optional<std::int64_t> exit_code;
  std::optional<std::int64_t> signal;
  std::string message;
  std::string stderr_tail;
  double train_seconds = 0.0;
  std::int64_t train_steps = 0;
  double samples_per_second = 0.0;
  std::int64_t parameter_count = 0;
  std::int64_t peak_memory_bytes = 0;
  std::string plugin_version;
  std::string plugin_sha256;
  std::string dataset_fingerprint;
  std::int64_t environment_id = 0;
  std::int64_t jobs = 0;
  std::string command;
  std::string folder;
  std::string spec_json;
  std::optional<double> active_units;  // Most of any split; also where the figure was not chosen to be shown.
};

/// Whether how a run ended says something of its model: not where it was stopped or the machine failed, since
/// the same command goes on with it.
bool tells_of_model(const RunRow& run);

/// A measured figure of a current ok run; no value: not a number.
struct FigureRow {
  std::int64_t run_id = 0;
  MetricColumn column;
  std::optional<double> value;
};

/// The curve that shows a run's training: of the part "reconstruction" of its loss, else of its "loss", else
/// of the first series by name. Values that are not finite are left out.
struct CurveRow {
  std::int64_t run_id = 0;
  std::string series;
  std::vector<std::int64_t> steps;
  std::vector<double> values;
};

/// Values that are not finite are 0.
struct SpectrumRow {
  std::int64_t run_id = 0;
  std::string name;
  std::vector<double> values;
};

struct ImageRow {
  std::int64_t run_id = 0;
  ImageRecord image;
};

struct PublishedRow {
  std::string suite;
  PublishedRecord record;
};

struct ClaimRow {
  std::string suite;
  ClaimRecord record;
};

/// What makes the figures of a current ok run less than they look.
struct NoteRow {
  std::int64_t run_id = 0;
  std::string text;
};

/// A run that went well and is in no figure: its place was asked for last with other settings, and has no run
/// of this seed with those.
struct UncountedRun {
  std::int64_t id = 0;
  Place place;
  std::int64_t seed = 0;
};

struct EnvironmentRow {
  std::int64_t id = 0;
  EnvironmentRecord environment;
};

struct ReportRows {
  std::string database_path;
  std::int32_t schema_version = 0;
  std::vector<Place> places;       // Of read_places().
  std::vector<RunRow> runs;        // By seed.
  std::vector<FigureRow> figures;  // In the order in which they were measured.
  std::vector<CurveRow> curves;
  std::vector<SpectrumRow> spectra;  // Of ok runs.
  std::vector<ImageRow> images;      // Of the first ok seed of each place.
  std::vector<PublishedRow> published;
  std::vector<ClaimRow> claims;
  std::vector<PluginRecord> plugins;
  std::vector<NoteRow> notes;
  std::vector<UncountedRun> uncounted;  // Of these places.
  std::vector<EnvironmentRow> environments;
};

/// By id, of places that have runs which count.
std::vector<UncountedRun> uncounted_runs(const ResultsDatabase& database);

/// All that belongs to these suites, in one state whatever a writer adds meanwhile; empty: to all. Throws
/// QueryError for a suite without runs (naming the nearest) when there are other suites, DatabaseError when
/// the file cannot be read.
ReportRows read_report_rows(const ResultsDatabase& database, const std::vector<std::string>& suites = {});

}  // namespace rraebench
