#pragma once
// Implements: the rows that a report is made of, as the database gives them.

#include "reports/analysis/comparison.hpp"
#include "reports/store/database.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

/// Where a run stands in a report.
struct Place {
  std::string suite;
  std::string comparison;
  std::string dataset;
  std::string label;
};

/// A current run (see the view `runs`).
struct RunRow {
  std::int64_t id = 0;
  Place place;
  std::string model;
  std::int64_t seed = 0;
  RunStatus status = RunStatus::kError;
  double train_seconds = 0.0;
  std::int64_t train_steps = 0;
  double samples_per_second = 0.0;
  std::int64_t parameter_count = 0;
  std::int64_t peak_memory_bytes = 0;
  std::string plugin_sha256;
  std::string dataset_fingerprint;
  std::int64_t environment_id = 0;
  std::map<std::string, std::string> options;  // Of the model.
};

/// A measured figure of a current ok run; no value: not a number.
struct FigureRow {
  std::int64_t run_id = 0;
  MetricColumn column;
  std::optional<double> value;
};

/// Places in order of first appearance, those of runs that are no longer current included.
std::vector<Place> read_places(const ResultsDatabase& database);

std::vector<RunRow> read_current_runs(const ResultsDatabase& database);

/// Rows of the view `leaderboard`.
struct LeaderboardRow {
  Place place;
  MetricColumn column;
  MetricCell cell;  // Numbers only, not yet printed.
};
std::vector<LeaderboardRow> read_leaderboard(const ResultsDatabase& database);

/// In the order in which they were measured.
std::vector<FigureRow> read_figures(const ResultsDatabase& database);

/// The series "loss", or the first by name where there is none; values that are not finite are left out.
TrainingCurve read_curve(const ResultsDatabase& database, std::int64_t run_id);

/// All spectra of a run, values that are not finite as 0.
std::vector<Spectrum> read_spectra(const ResultsDatabase& database, std::int64_t run_id);

std::vector<ImageRecord> read_images(const ResultsDatabase& database, std::int64_t run_id);
std::vector<PublishedRecord> read_published(const ResultsDatabase& database, const std::string& suite);
std::vector<FailedRun> read_failures(const ResultsDatabase& database);

/// What makes the figures of a current ok run less than they look.
struct RunNote {
  std::int64_t run_id = 0;
  std::string text;
};
std::vector<RunNote> read_notes(const ResultsDatabase& database);

struct EnvironmentRow {
  std::int64_t id = 0;
  EnvironmentRecord environment;
};
std::vector<EnvironmentRow> read_environments(const ResultsDatabase& database);

}  // namespace rraebench
