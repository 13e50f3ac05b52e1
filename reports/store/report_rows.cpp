#include "reports/store/report_rows.hpp"

#include "reports/store/query.hpp"
#include "reports/store/rows.hpp"
#include "reports/store/run_parts.hpp"
#include "reports/store/schema.hpp"
#include "reports/store/snapshot.hpp"
#include "rraebench/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace rraebench {
namespace {

/// The suites of the database that were asked for.
std::set<std::string> choose_suites(const ResultsDatabase& database, const std::vector<Place>& places,
                                    const std::vector<std::string>& asked) {
  std::vector<std::string> known;
  for (const auto& place : places)
    if (std::find(known.begin(), known.end(), place.suite) == known.end()) known.push_back(place.suite);
  if (known.empty() || asked.empty()) return {known.begin(), known.end()};
  for (const auto& suite : asked)
    if (std::find(known.begin(), known.end(), suite) == known.end())
      throw QueryError(fmt::format("no runs of a suite '{}' in {}: {}", suite, database.path().string(),
                                   suggest_name(suite, known)));
  return {asked.begin(), asked.end()};
}

void read_runs(const ResultsDatabase& database, const std::set<std::string>& suites, ReportRows& rows) {
  for_each_row(
      database,
      "SELECT id, run.suite, run.comparison, run.dataset, run.label, run.model, run.seed, run.status, "
      "run.fault, run.attempt, run.exit_code, run.signal, run.message, run.stderr_tail, "
      "IFNULL(run.train_seconds, 0), "
      "run.train_steps, IFNULL(run.samples_per_second, 0), run.parameter_count, run.peak_memory_bytes, "
      "run.plugin_version, run.plugin_sha256, run.dataset_fingerprint, run.environment_id, run.jobs, "
      "run.command, run.folder, run.spec_json FROM runs JOIN run "
      "USING (id) WHERE runs.current ORDER BY run.seed, id",
      [&](Row& row) {
        RunRow run;
        row.into(run.id, run.place.suite, run.place.comparison, run.place.dataset, run.place.label, run.model,
                 run.seed, run.status, run.fault, run.attempt, run.exit_code, run.signal, run.message,
                 run.stderr_tail, run.train_seconds, run.train_steps, run.samples_per_second,
                 run.parameter_count, run.peak_memory_bytes, run.plugin_version, run.plugin_sha256,
                 run.dataset_fingerprint, run.environment_id, run.jobs, run.command, run.folder,
                 run.spec_json);
        if (suites.count(run.place.suite) > 0) rows.runs.push_back(std::move(run));
      });
}

std::set<std::int64_t> ids_of_ok_runs(const ReportRows& rows) {
  std::set<std::int64_t> ids;
  for (const auto& run : rows.runs)
    if (run.status == RunStatus::kOk) ids.insert(run.id);
  return ids;
}

void read_figures(const ResultsDatabase& database, const std::set<std::int64_t>& ok_runs, ReportRows& rows) {
  for (const auto id : ok_runs)
    for_each_row(
        database,
        "SELECT run_id, protocol, name, variant, split, unit, better, extractor, extractor_sha256, "
        "reference_count, sample_count, value FROM metric WHERE run_id = ? ORDER BY id",
        [&](Row& row) {
          auto& figure = rows.figures.emplace_back();
          auto& c = figure.column;
          row.into(figure.run_id, c.protocol, c.name, c.variant, c.split, c.unit, c.better, c.extractor,
                   c.extractor_sha256, c.reference_count, c.sample_count, figure.value);
        },
        id);
}

void count_active_units(ReportRows& rows) {
  std::map<std::int64_t, double> most;
  for (const auto& figure : rows.figures)
    if (figure.column.name == "active_units" && figure.value) {
      const auto [found, is_new] = most.emplace(figure.run_id, *figure.value);
      if (!is_new) found->second = std::max(found->second, *figure.value);
    }
  for (auto& run : rows.runs)
    if (const auto found = most.find(run.id); found != most.end()) run.active_units = found->second;
}

void read_curve(const ResultsDatabase& database, std::int64_t id, ReportRows& rows) {
  CurveRow curve;
  curve.run_id = id;
  for_each_row(
      database,
      "SELECT series, step, value FROM curve WHERE run_id = ?1 AND series = (SELECT series FROM curve WHERE "
      "run_id = ?1 ORDER BY series <> 'reconstruction', series <> 'loss', series LIMIT 1) ORDER BY step",
      [&](Row& row) {
        std::int64_t step = 0;
        double value = 0.0;
        row.into(curve.series, step, value);
        if (!std::isfinite(value)) return;
        curve.steps.push_back(step);
        curve.values.push_back(value);
      },
      id);
  if (!curve.values.empty()) rows.curves.push_back(std::move(curve));
}

void read_spectra(const ResultsDatabase& database, std::int64_t id, ReportRows& rows) {
  for (auto& spectrum : spectra_of(database, id)) {
    for (auto& value : spectrum.values)
      if (!std::isfinite(value)) value = 0.0;
    rows.spectra.push_back({id, std::move(spectrum.name), std::move(spectrum.values)});
  }
}

void read_images(const ResultsDatabase& database, ReportRows& rows) {
  std::set<Place> seen;
  for (const auto& run : rows.runs) {
    if (run.status != RunStatus::kOk || !seen.insert(run.place).second) continue;
    for (auto& image : images_of(database, run.id)) rows.images.push_back({run.id, std::move(image)});
  }
}

void read_published(const ResultsDatabase& database, const std::set<std::string>& suites, ReportRows& rows) {
  for_each_row(
      database,
      "SELECT suite, comparison, label, protocol, name, variant, split, value, deviation, source FROM "
      "published ORDER BY suite, comparison, protocol, name, variant, split, label",
      [&](Row& row) {
        PublishedRow entry;
        auto& r = entry.record;
        row.into(entry.suite, r.comparison, r.label, r.protocol, r.name, r.variant, r.split, r.value,
                 r.deviation, r.source);
        if (suites.count(entry.suite) > 0) rows.published.push_back(std::move(entry));
      });
}

void read_claims(const ResultsDatabase& database, const std::set<std::string>& suites, ReportRows& rows) {
  for_each_row(database,
               "SELECT suite, comparison, text, kind, label, than, protocol, name, variant, split, value, "
               "tolerance, source, at_equal FROM claim ORDER BY suite, position",
               [&](Row& row) {
                 ClaimRow entry;
                 auto& c = entry.record;
                 row.into(entry.suite, c.comparison, c.text, c.kind, c.label, c.than, c.protocol, c.name,
                          c.variant, c.split, c.value, c.tolerance, c.source, c.at_equal);
                 if (suites.count(entry.suite) > 0) rows.claims.push_back(std::move(entry));
               });
}

void read_plugins(const ResultsDatabase& database, ReportRows& rows) {
  for_each_row(database, "SELECT sha256, name, version, summary, citation FROM plugin ORDER BY name, sha256",
               [&](Row& row) {
                 auto& p = rows.plugins.emplace_back();
                 row.into(p.sha256, p.name, p.version, p.summary, p.citation);
               });
}

void read_notes(const ResultsDatabase& database, const std::set<std::int64_t>& ok_runs, ReportRows& rows) {
  for (const auto id : ok_runs)
    for (auto& text : notes_of(database, id)) rows.notes.push_back({id, std::move(text)});
}

void read_environments(const ResultsDatabase& database, ReportRows& rows) {
  // Its id comes last: read_environment() takes the first columns.
  for_each_row(database, fmt::format("SELECT {}, id FROM environment ORDER BY id", kEnvironmentColumns),
               [&](Row& row) {
                 auto& entry = rows.environments.emplace_back();
                 read_environment(row, entry.environment);
                 row.into(entry.id);
               });
}

}  // namespace

bool tells_of_model(const RunRow& run) {
  return run.status != RunStatus::kInterrupted && run.fault == Fault::kModel;
}

std::vector<UncountedRun> uncounted_runs(const ResultsDatabase& database) {
  std::map<Place, std::set<std::int64_t>> counted;
  std::map<std::pair<Place, std::int64_t>, UncountedRun> last;
  for_each_row(
      database,
      "SELECT id, suite, comparison, dataset, label, seed, current FROM runs WHERE current OR status = 'ok' "
      "ORDER BY id",
      [&](Row& row) {
        UncountedRun run;
        std::int64_t current = 0;
        row.into(run.id, run.place.suite, run.place.comparison, run.place.dataset, run.place.label, run.seed,
                 current);
        if (current != 0)
          counted[run.place].insert(run.seed);
        else
          last[{run.place, run.seed}] = run;
      });
  std::vector<UncountedRun> runs;
  for (const auto& [where, run] : last)
    if (const auto found = counted.find(run.place);
        found != counted.end() && found->second.count(run.seed) == 0)
      runs.push_back(run);
  std::sort(runs.begin(), runs.end(),
            [](const UncountedRun& a, const UncountedRun& b) { return a.id < b.id; });
  return runs;
}

std::vector<Place> read_places(const ResultsDatabase& database) {
  std::vector<Place> places;
  for_each_row(database,
               "SELECT suite, comparison, dataset, label FROM run LEFT JOIN asked USING (suite, comparison, "
               "dataset, label) GROUP BY suite, comparison, dataset, label "
               "ORDER BY MIN(MIN(run.id)) OVER (PARTITION BY suite), IFNULL(MAX(position), 0) = 0, "
               "MAX(position), MIN(run.id)",
               [&](Row& row) {
                 auto& place = places.emplace_back();
                 row.into(place.suite, place.comparison, place.dataset, place.label);
               });
  return places;
}

ReportRows read_report_rows(const ResultsDatabase& database, const std::vector<std::string>& suites) {
  const Snapshot snapshot(database.connection());
  ReportRows rows;
  rows.database_path = database.path().string();
  rows.schema_version = schema_version();
  rows.places = read_places(database);
  const auto chosen = choose_suites(database, rows.places, suites);
  rows.places.erase(std::remove_if(rows.places.begin(), rows.places.end(),
                                   [&](const Place& place) { return chosen.count(place.suite) == 0; }),
                    rows.places.end());
  read_runs(database, chosen, rows);
  const auto ok_runs = ids_of_ok_runs(rows);
  read_figures(database, ok_runs, rows);
  count_active_units(rows);
  for (const auto& run : rows.runs) read_curve(database, run.id, rows);
  for (const auto id : ok_runs) read_spectra(database, id, rows);
  read_images(database, rows);
  read_published(database, chosen, rows);
  read_claims(database, chosen, rows);
  read_plugins(database, rows);
  read_notes(database, ok_runs, rows);
  read_environments(database, rows);
  for (auto& run : uncounted_runs(database))
    if (chosen.count(run.place.suite) > 0) rows.uncounted.push_back(std::move(run));
  return rows;
}

}  // namespace rraebench
