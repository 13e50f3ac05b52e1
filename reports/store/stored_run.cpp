#include "reports/store/stored_run.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rraebench {
namespace {

constexpr std::size_t kShortestPrefix = 4;

bool only(const std::string& text, const char* characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string::npos;
}

double real_or_nan(const SQLite::Column& column) {
  return column.isNull() ? std::nan("") : column.getDouble();
}

std::optional<int> optional_int(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional<int>(column.getInt());
}

/// Calls `take` with the statement at each row of `sql`, whose one parameter is `id`.
template <typename Take>
void for_each_row(const ResultsDatabase& database, const char* sql, std::int64_t id, const Take& take) {
  SQLite::Statement statement(database.connection(), sql);
  statement.bind(1, id);
  while (statement.executeStep()) take(statement);
}

bool read_row(const ResultsDatabase& database, std::int64_t id, RunRecord& run) {
  bool found = false;
  for_each_row(
      database,
      "SELECT identity, attempt, suite, comparison, model, label, dataset, seed, status, exit_code, "
      "signal, message, stderr_tail, started_at, finished_at, wall_seconds, train_seconds, train_steps, "
      "samples_per_second, parameter_count, peak_memory_bytes, plugin_version, plugin_sha256, "
      "dataset_fingerprint, spec_json, fault FROM run WHERE id = ?",
      id, [&](SQLite::Statement& row) {
        found = true;
        int next = 0;
        const auto text = [&] { return row.getColumn(next++).getString(); };
        const auto integer = [&] { return row.getColumn(next++).getInt64(); };
        const auto real = [&] { return row.getColumn(next++).getDouble(); };
        run.identity = text();
        run.attempt = integer();
        run.suite = text();
        run.comparison = text();
        run.model = text();
        run.label = text();
        run.dataset = text();
        run.seed = integer();
        run.status = parse_run_status(text());
        run.exit_code = optional_int(row.getColumn(next++));
        run.signal = optional_int(row.getColumn(next++));
        run.message = text();
        run.stderr_tail = text();
        run.started_at = text();
        run.finished_at = text();
        run.wall_seconds = real();
        run.train_seconds = real();
        run.train_steps = integer();
        run.samples_per_second = real();
        run.parameter_count = integer();
        run.peak_memory_bytes = integer();
        run.plugin_version = text();
        run.plugin_sha256 = text();
        run.dataset_fingerprint = text();
        run.spec_json = text();
        if (const auto fault = text(); !fault.empty()) run.fault = parse_fault(fault);
      });
  return found;
}

void read_environment(const ResultsDatabase& database, std::int64_t id, EnvironmentRecord& environment) {
  for_each_row(
      database,
      "SELECT program_version, libtorch_version, compiler, blas, operating_system, cpu, cores, "
      "memory_bytes, device, threads FROM environment WHERE id = (SELECT environment_id FROM run WHERE "
      "id = ?)",
      id, [&](SQLite::Statement& row) {
        environment = {row.getColumn(0).getString(), row.getColumn(1).getString(),
                       row.getColumn(2).getString(), row.getColumn(3).getString(),
                       row.getColumn(4).getString(), row.getColumn(5).getString(),
                       row.getColumn(6).getInt64(),  row.getColumn(7).getInt64(),
                       row.getColumn(8).getString(), row.getColumn(9).getInt64()};
      });
}

void read_figures(const ResultsDatabase& database, std::int64_t id, RunRecord& run) {
  for_each_row(database,
               "SELECT protocol, name, variant, split, value, unit, better, extractor, extractor_sha256, "
               "reference_count, sample_count FROM metric WHERE run_id = ? ORDER BY rowid",
               id, [&](SQLite::Statement& row) {
                 MetricRecord metric;
                 metric.protocol = row.getColumn(0).getString();
                 metric.name = row.getColumn(1).getString();
                 metric.variant = row.getColumn(2).getString();
                 metric.split = row.getColumn(3).getString();
                 metric.value = real_or_nan(row.getColumn(4));
                 metric.unit = row.getColumn(5).getString();
                 metric.better = row.getColumn(6).getString();
                 metric.extractor = row.getColumn(7).getString();
                 metric.extractor_sha256 = row.getColumn(8).getString();
                 metric.reference_count = row.getColumn(9).getInt64();
                 metric.sample_count = row.getColumn(10).getInt64();
                 run.metrics.push_back(std::move(metric));
               });
  for_each_row(database, "SELECT series, step, value FROM curve WHERE run_id = ? ORDER BY series, step", id,
               [&](SQLite::Statement& row) {
                 run.curve.push_back({row.getColumn(0).getString(), row.getColumn(1).getInt64(),
                                      real_or_nan(row.getColumn(2))});
               });
  for_each_row(database, "SELECT name, value FROM spectrum WHERE run_id = ? ORDER BY name, position", id,
               [&](SQLite::Statement& row) {
                 const auto name = row.getColumn(0).getString();
                 if (run.spectra.empty() || run.spectra.back().name != name)
                   run.spectra.push_back({name, {}});
                 run.spectra.back().values.push_back(real_or_nan(row.getColumn(1)));
               });
  for_each_row(
      database,
      "SELECT protocol, name, variant, caption, width, height, png FROM image WHERE run_id = ? "
      "ORDER BY rowid",
      id, [&](SQLite::Statement& row) {
        const auto png = row.getColumn(6);
        run.images.push_back(
            {row.getColumn(0).getString(), row.getColumn(1).getString(), row.getColumn(2).getString(),
             row.getColumn(3).getString(), row.getColumn(4).getInt(), row.getColumn(5).getInt(),
             std::string(static_cast<const char*>(png.getBlob()), static_cast<std::size_t>(png.getBytes()))});
      });
  for_each_row(database, "SELECT text FROM note WHERE run_id = ? ORDER BY position", id,
               [&](SQLite::Statement& row) { run.notes.push_back(row.getColumn(0).getString()); });
}

bool has_id(const ResultsDatabase& database, std::int64_t id) {
  SQLite::Statement statement(database.connection(), "SELECT 1 FROM run WHERE id = ?");
  statement.bind(1, id);
  return statement.executeStep();
}

}  // namespace

std::int64_t find_run_id(const ResultsDatabase& database, const std::string& name) {
  const auto fail = [&](const std::string& what) {
    throw DatabaseError(fmt::format("{}: {}; `rraebench query --view runs` lists ids and identities",
                                    database.path().string(), what));
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
    read_environment(database, id, run.environment);
    read_figures(database, id, run);
    return run;
  });
}

std::optional<std::string> asked_settings(const ResultsDatabase& database, const RunRecord& run) {
  return translate_database_errors(database.path(), [&]() -> std::optional<std::string> {
    SQLite::Statement statement(
        database.connection(),
        "SELECT settings FROM asked WHERE suite = ? AND comparison = ? AND dataset = ? "
        "AND label = ?");
    statement.bind(1, run.suite);
    statement.bind(2, run.comparison);
    statement.bind(3, run.dataset);
    statement.bind(4, run.label);
    if (!statement.executeStep()) return std::nullopt;
    return statement.getColumn(0).getString();
  });
}

}  // namespace rraebench
