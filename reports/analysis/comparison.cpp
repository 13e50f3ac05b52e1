#include "reports/analysis/comparison.hpp"

#include "reports/analysis/decimate.hpp"
#include "reports/analysis/metric_tables.hpp"
#include "reports/store/query.hpp"
#include "reports/store/run_rows.hpp"
#include "reports/store/schema.hpp"
#include "rraebench/suggest.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sqlite3.h>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace rraebench {
namespace {

// Keeps a report of many runs small: so many points of training curves a comparison, but enough for each
// curve.
constexpr std::size_t kCurvePointsInAll = 6000;
constexpr std::size_t kCurvePointsAtLeast = 60;
constexpr std::size_t kCurvePointsAtMost = 300;

// All statements of a report see the same state, whatever a writer adds meanwhile.
class Snapshot {
 public:
  explicit Snapshot(const ResultsDatabase& database) : handle_(database.connection().getHandle()) {
    sqlite3_exec(handle_, "BEGIN", nullptr, nullptr, nullptr);
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot() { sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr); }

 private:
  sqlite3* handle_;
};

template <typename T>
void add_once(std::vector<T>& list, const T& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

std::vector<Place> chosen_places(const ResultsDatabase& database, const std::vector<std::string>& suites) {
  auto places = read_places(database);
  std::vector<std::string> known;
  for (const auto& place : places) add_once(known, place.suite);
  if (known.empty() || suites.empty()) return places;
  for (const auto& suite : suites)
    if (std::find(known.begin(), known.end(), suite) == known.end())
      throw QueryError(fmt::format("no runs of a suite '{}' in {}: {}", suite, database.path().string(),
                                   suggest_name(suite, known)));
  places.erase(std::remove_if(places.begin(), places.end(),
                              [&](const Place& place) {
                                return std::find(suites.begin(), suites.end(), place.suite) == suites.end();
                              }),
               places.end());
  return places;
}

bool holds(const Comparison& comparison, const Place& place) {
  return comparison.suite == place.suite && comparison.name == place.comparison &&
         comparison.dataset == place.dataset;
}

// Comparisons with their labels, nothing else yet.
std::vector<Comparison> lay_out(const std::vector<Place>& places) {
  std::vector<std::string> suites;
  std::vector<std::string> colours;
  for (const auto& place : places) add_once(suites, place.suite);
  std::vector<Comparison> comparisons;
  for (const auto& place : places) {
    auto found = std::find_if(comparisons.begin(), comparisons.end(),
                              [&](const Comparison& comparison) { return holds(comparison, place); });
    if (found == comparisons.end()) {
      found = comparisons.insert(comparisons.end(), Comparison{});
      found->suite = place.suite;
      found->name = place.comparison;
      found->dataset = place.dataset;
    }
    add_once(colours, place.label);
    auto& label = found->labels.emplace_back();
    label.label = place.label;
    label.colour =
        static_cast<std::size_t>(std::find(colours.begin(), colours.end(), place.label) - colours.begin());
  }
  const auto rank = [&](const Comparison& comparison) {
    return std::find(suites.begin(), suites.end(), comparison.suite);
  };
  std::stable_sort(comparisons.begin(), comparisons.end(),
                   [&](const Comparison& a, const Comparison& b) { return rank(a) < rank(b); });
  return comparisons;
}

std::size_t label_index(const Comparison& comparison, const std::string& label) {
  const auto found = std::find_if(comparison.labels.begin(), comparison.labels.end(),
                                  [&](const LabelSummary& summary) { return summary.label == label; });
  return static_cast<std::size_t>(found - comparison.labels.begin());
}

using LabelledRun = std::pair<std::size_t, RunRow>;

void count_runs(Comparison& comparison, const std::vector<LabelledRun>& runs) {
  std::set<std::int64_t> seeds;
  for (const auto& [label, run] : runs) seeds.insert(run.seed);
  comparison.seeds.assign(seeds.begin(), seeds.end());
  for (const auto& [label, run] : runs) {
    auto& summary = comparison.labels[label];
    summary.model = run.model;
    summary.options = run.options;
    if (run.status == RunStatus::kOk)
      ++summary.tally.ok;
    else
      ++summary.tally.failed[run.status];
  }
  for (auto& summary : comparison.labels) {
    auto& tally = summary.tally;
    tally.expected = static_cast<std::int64_t>(comparison.seeds.size());
    tally.missing = tally.expected - tally.ok;
    for (const auto& [status, count] : tally.failed) tally.missing -= count;
  }
}

void add_notes(Comparison& comparison, const std::vector<LabelledRun>& ok_runs) {
  std::set<std::string> data;
  std::vector<std::set<std::string>> builds(comparison.labels.size());
  std::set<std::int64_t> environments;
  for (const auto& [label, run] : ok_runs) {
    data.insert(run.dataset_fingerprint);
    builds[label].insert(run.plugin_sha256);
    environments.insert(run.environment_id);
  }
  if (data.size() > 1)
    comparison.notes.push_back(fmt::format(
        "The runs saw {} different versions of the data {}; run the suite again to compare on one.",
        data.size(), comparison.dataset));
  for (std::size_t label = 0; label < builds.size(); ++label)
    if (builds[label].size() > 1)
      comparison.notes.push_back(fmt::format(
          "The runs of {} come from {} different builds of its plugin; run the suite again to use one.",
          comparison.labels[label].label, builds[label].size()));
  if (environments.size() > 1)
    comparison.notes.push_back(
        fmt::format("The runs were made in {} different environments; their times are not compared.",
                    environments.size()));
}

/// "AE, seeds 0, 1: all samples are equal", each sentence once a label.
void add_run_notes(Comparison& comparison, const std::vector<LabelledRun>& ok_runs,
                   const std::vector<RunNote>& notes) {
  for (std::size_t label = 0; label < comparison.labels.size(); ++label) {
    std::vector<std::pair<std::string, std::string>> seeds_of;  // Sentence to seeds, in order of appearance.
    for (const auto& [own, run] : ok_runs) {
      if (own != label) continue;
      for (const auto& note : notes) {
        if (note.run_id != run.id) continue;
        auto found = std::find_if(seeds_of.begin(), seeds_of.end(),
                                  [&](const auto& entry) { return entry.first == note.text; });
        if (found == seeds_of.end()) found = seeds_of.insert(seeds_of.end(), {note.text, ""});
        found->second += fmt::format("{}{}", found->second.empty() ? "" : ", ", run.seed);
      }
    }
    for (const auto& [text, seeds] : seeds_of)
      comparison.notes.push_back(fmt::format("{}, {} {}: {}", comparison.labels[label].label,
                                             seeds.find(',') == std::string::npos ? "seed" : "seeds", seeds,
                                             text));
  }
}

/// Figures of two instruments look alike and cannot be compared.
void add_instrument_notes(Comparison& comparison) {
  std::map<std::string, std::vector<std::string>> builds;
  for (const auto& table : comparison.tables)
    for (const auto& column : table.columns)
      if (!column.extractor.empty()) add_once(builds[column.extractor], column.extractor_sha256.substr(0, 8));
  for (const auto& [extractor, hashes] : builds) {
    if (hashes.size() < 2) continue;
    comparison.notes.push_back(
        fmt::format("Features were measured with {} different instruments of one name, {} ({}): their "
                    "figures stand in columns of "
                    "their own and cannot be compared; run with --force to measure all with one.",
                    hashes.size(), extractor, fmt::join(hashes, ", ")));
  }
}

void add_series(const ResultsDatabase& database, Comparison& comparison,
                const std::vector<LabelledRun>& runs) {
  const std::size_t points = std::clamp(kCurvePointsInAll / std::max<std::size_t>(1, runs.size()),
                                        kCurvePointsAtLeast, kCurvePointsAtMost);
  for (const auto& [label, run] : runs) {
    auto whole = read_curve(database, run.id);
    if (!whole.values.empty()) {
      auto& curve = comparison.curves.emplace_back();
      curve.label = label;
      curve.seed = run.seed;
      curve.status = run.status;
      curve.series = whole.series;
      for (const auto index : decimate_extremes(whole.values, points)) {
        curve.steps.push_back(whole.steps[index]);
        curve.values.push_back(whole.values[index]);
      }
    }
    if (run.status != RunStatus::kOk) continue;
    for (auto& spectrum : read_spectra(database, run.id)) {
      spectrum.label = label;
      spectrum.seed = run.seed;
      comparison.spectra.push_back(std::move(spectrum));
    }
  }
}

// `ok_runs` are in order of seed.
void add_images(const ResultsDatabase& database, Comparison& comparison,
                const std::vector<LabelledRun>& ok_runs) {
  for (std::size_t label = 0; label < comparison.labels.size(); ++label) {
    const auto first = std::find_if(ok_runs.begin(), ok_runs.end(),
                                    [&](const LabelledRun& run) { return run.first == label; });
    if (first == ok_runs.end()) continue;
    for (auto& image : read_images(database, first->second.id))
      comparison.images.push_back({label, first->second.seed, std::move(image)});
  }
}

void add_published(Comparison& comparison, const std::vector<PublishedRecord>& published) {
  for (const auto& record : published) {
    if (record.comparison != comparison.name) continue;
    PublishedComparison entry;
    entry.label = record.label;
    entry.column.protocol = record.protocol;
    entry.column.name = record.name;
    entry.column.variant = record.variant;
    entry.column.split = record.split;
    entry.published = record.value;
    entry.published_deviation = record.deviation;
    entry.source = record.source;
    const auto key = [](const MetricColumn& column) {
      return std::tie(column.protocol, column.name, column.variant, column.split);
    };
    const auto label = label_index(comparison, record.label);
    bool measured = false;
    for (const auto& table : comparison.tables) {
      for (std::size_t column = 0; column < table.columns.size() && label < comparison.labels.size();
           ++column) {
        const auto& cell = table.cells[label][column];
        if (key(table.columns[column]) != key(entry.column) || cell.n == 0) continue;
        auto ours = entry;
        ours.column = table.columns[column];
        ours.ours = cell;
        comparison.published.push_back(std::move(ours));
        measured = true;
      }
    }
    if (!measured) comparison.published.push_back(std::move(entry));
  }
}

}  // namespace

std::string describe(const RunTally& tally) {
  auto text = fmt::format("{} of {} run{}", tally.ok, tally.expected, tally.expected == 1 ? "" : "s");
  for (const auto& [status, count] : tally.failed)
    text += fmt::format(", {} {}", count, run_status_name(status));
  if (tally.missing > 0) text += fmt::format(", {} missing", tally.missing);
  return text;
}

ComparisonReport build_report(const ResultsDatabase& database, const ReportOptions& options) {
  const Snapshot snapshot(database);
  ComparisonReport report;
  report.options = options;
  report.database_path = database.path().string();
  report.schema_version = rraebench::schema_version();
  report.comparisons = lay_out(chosen_places(database, options.suites));

  const auto all_runs = read_current_runs(database);
  const auto figures = read_figures(database);
  const auto leaderboard = read_leaderboard(database);
  const auto notes = read_notes(database);
  std::map<std::int64_t, std::int64_t> runs_in_environment;

  for (auto& comparison : report.comparisons) {
    std::vector<LabelledRun> runs;
    std::vector<LabelledRun> ok_runs;
    std::unordered_map<std::int64_t, std::size_t> label_of_run;
    std::set<std::int64_t> environments;
    for (const auto& run : all_runs) {
      if (!holds(comparison, run.place)) continue;
      const auto label = label_index(comparison, run.place.label);
      runs.emplace_back(label, run);
      ++runs_in_environment[run.environment_id];
      if (run.status != RunStatus::kOk) continue;
      ok_runs.emplace_back(label, run);
      label_of_run[run.id] = label;
      environments.insert(run.environment_id);
    }
    report.runs += static_cast<std::int64_t>(runs.size());
    report.ok_runs += static_cast<std::int64_t>(ok_runs.size());

    std::vector<LabelledFigure> labelled_figures;
    for (const auto& figure : figures)
      if (const auto found = label_of_run.find(figure.run_id); found != label_of_run.end())
        labelled_figures.push_back({found->second, figure.column, figure.value});
    std::vector<LabelledCell> averages;
    for (const auto& row : leaderboard)
      if (holds(comparison, row.place))
        averages.push_back({label_index(comparison, row.place.label), row.column, row.cell});

    count_runs(comparison, runs);
    comparison.tables = arrange_metrics(comparison.labels.size(), labelled_figures, averages);
    comparison.cost = arrange_cost(comparison.labels.size(), ok_runs, environments.size() <= 1);
    add_series(database, comparison, runs);
    add_images(database, comparison, ok_runs);
    add_published(comparison, read_published(database, comparison.suite));
    add_notes(comparison, ok_runs);
    add_instrument_notes(comparison);
    add_run_notes(comparison, ok_runs, notes);
  }

  for (auto& failure : read_failures(database))
    if (std::any_of(report.comparisons.begin(), report.comparisons.end(), [&](const Comparison& comparison) {
          return comparison.suite == failure.suite && comparison.name == failure.comparison &&
                 comparison.dataset == failure.dataset;
        }))
      report.failures.push_back(std::move(failure));
  for (const auto& row : read_environments(database))
    if (const auto found = runs_in_environment.find(row.id); found != runs_in_environment.end())
      report.environments.push_back({row.environment, found->second});
  return report;
}

}  // namespace rraebench
