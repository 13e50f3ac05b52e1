#include "reports/store/stored_run.hpp"

#include "reports/name_list.hpp"
#include "reports/store/rows.hpp"
#include "reports/store/run_parts.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

namespace rraebench {
namespace {

constexpr std::size_t kShortestPrefix = 4;

bool only(const std::string& text, const char* characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string::npos;
}

bool read_row(const ResultsDatabase& database, std::int64_t id, RunRecord& run) {
  bool found = false;
  for_each_row(
      database,
      "SELECT identity, attempt, suite, comparison, model, label, dataset, seed, status, exit_code, "
      "signal, message, stderr_tail, started_at, finished_at, IFNULL(wall_seconds, 0), "
      "IFNULL(train_seconds, 0), train_steps, IFNULL(samples_per_second, 0), parameter_count, "
      "peak_memory_bytes, plugin_version, plugin_sha256, dataset_fingerprint, spec_json, fault, command, "
      "folder, jobs, keep "
      "FROM run "
      "WHERE id = ?",
      [&](Row& row) {
        found = true;
        std::string keep;
        row.into(run.identity, run.attempt, run.suite, run.comparison, run.model, run.label, run.dataset,
                 run.seed, run.status, run.exit_code, run.signal, run.message, run.stderr_tail,
                 run.started_at, run.finished_at, run.wall_seconds, run.train_seconds, run.train_steps,
                 run.samples_per_second, run.parameter_count, run.peak_memory_bytes, run.plugin_version,
                 run.plugin_sha256, run.dataset_fingerprint, run.spec_json, run.fault, run.command,
                 run.folder, run.jobs, keep);
        run.keep = split_names(keep);
      },
      id);
  return found;
}

EnvironmentRecord environment_of(const ResultsDatabase& database, std::int64_t id) {
  EnvironmentRecord environment;
  for_each_row(
      database,
      fmt::format("SELECT {} FROM environment WHERE id = (SELECT environment_id FROM run WHERE id = ?)",
                  kEnvironmentColumns),
      [&](Row& row) { read_environment(row, environment); }, id);
  return environment;
}

void read_figures(const ResultsDatabase& database, std::int64_t id, RunRecord& run) {
  for_each_row(
      database,
      "SELECT protocol, name, variant, split, value, unit, better, extractor, extractor_sha256, "
      "reference_count, sample_count FROM metric WHERE run_id = ? ORDER BY rowid",
      [&](Row& row) {
        auto& m = run.metrics.emplace_back();
        row.into(m.protocol, m.name, m.variant, m.split, m.value, m.unit, m.better, m.extractor,
                 m.extractor_sha256, m.reference_count, m.sample_count);
      },
      id);
  for_each_row(
      database, "SELECT series, step, value FROM curve WHERE run_id = ? ORDER BY series, step",
      [&](Row& row) {
        auto& point = run.curve.emplace_back();
        row.into(point.series, point.step, point.value);
      },
      id);
  run.spectra = spectra_of(database, id);
  run.images = images_of(database, id);
  run.notes = notes_of(database, id);
  run.artefacts = artefacts_of(database, id);
}

bool has_id(const ResultsDatabase& database, std::int64_t id) {
  SQLite::Statement statement(database.connection(), "SELECT 1 FROM run WHERE id = ?");
  statement.bind(1, id);
  return statement.executeStep();
}

}  // namespace

std::int64_t find_run_id(const ResultsDatabase& database, const std::string& name) {
  const auto fail = [&](const std::string& what) {
    const auto path = database.path().string();
    throw DatabaseError(fmt::format("{}: {}; `rraebench query --view runs --db {}` lists ids and identities",
                                    path, what, quote_shell(path)));
  };
  return translate_database_errors(database.path(), [&] {
    constexpr std::size_t kMostDigits = 18;
    if (only(name, "0123456789") && name.size() <= kMostDigits && has_id(database, std::stoll(name)))
      return static_cast<std::int64_t>(std::stoll(name));
    if (!only(name, "0123456789abcdef") || name.size() < kShortestPrefix)
      fail(fmt::format("no run '{}' (an id, or the first four or more digits of an identity)", name));
    SQLite::Statement statement(database.connection(),
                                "SELECT id FROM runs WHERE substr(identity, 1, ?) = ? ORDER BY id LIMIT 2");
    statement.bind(1, static_cast<std::int64_t>(name.size()));
    statement.bind(2, name);
    if (!statement.executeStep()) fail(fmt::format("no run's identity begins with '{}'", name));
    const std::int64_t id = statement.getColumn(0).getInt64();
    if (statement.executeStep())
      fail(fmt::format("several identities begin with '{}'; give more digits", name));
    return id;
  });
}

RunRecord read_run(const ResultsDatabase& database, std::int64_t id) {
  return translate_database_errors(database.path(), [&] {
    RunRecord run;
    if (!read_row(database, id, run))
      throw DatabaseError(fmt::format("{}: no run {}", database.path().string(), id));
    run.environment = environment_of(database, id);
    read_figures(database, id, run);
    return run;
  });
}

std::optional<std::string> asked_settings(const ResultsDatabase& database, const RunRecord& run) {
  return translate_database_errors(database.path(), [&]() -> std::optional<std::string> {
    SQLite::Statement statement(
        database.connection(),
        "SELECT settings FROM asked WHERE suite = ? AND comparison = ? AND dataset = ? "
        "AND label = ? AND settings <> ''");
    statement.bind(1, run.suite);
    statement.bind(2, run.comparison);
    statement.bind(3, run.dataset);
    statement.bind(4, run.label);
    if (!statement.executeStep()) return std::nullopt;
    return statement.getColumn(0).getString();
  });
}

}  // namespace rraebench
