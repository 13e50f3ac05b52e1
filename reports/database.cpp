#include "reports/database.hpp"

#include "reports/open_database.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <utility>

namespace rraebench {
namespace {

void bind_one(SQLite::Statement& statement, int index, const std::string& value) {
  statement.bindNoCopy(index, value);
}
void bind_one(SQLite::Statement& statement, int index, const char* value) {
  statement.bindNoCopy(index, value);
}
// SQLite stores NaN as NULL.
void bind_one(SQLite::Statement& statement, int index, double value) {
  statement.bind(index, value);
}
void bind_one(SQLite::Statement& statement, int index, std::int64_t value) {
  statement.bind(index, value);
}
void bind_one(SQLite::Statement& statement, int index, int value) {
  statement.bind(index, value);
}
template <typename T>
void bind_one(SQLite::Statement& statement, int index, const std::optional<T>& value) {
  if (value)
    bind_one(statement, index, *value);
  else
    statement.bind(index);
}

// The values must live until the statement is reset or bound anew: texts are not copied.
template <typename... Values>
void bind_all(SQLite::Statement& statement, const Values&... values) {
  int index = 0;
  (bind_one(statement, ++index, values), ...);
}

template <typename... Values>
void insert(SQLite::Statement& statement, const Values&... values) {
  bind_all(statement, values...);
  statement.exec();
  statement.reset();
}

std::int64_t store_environment(SQLite::Database& connection, const EnvironmentRecord& e) {
  SQLite::Statement add(
      connection,
      "INSERT OR IGNORE INTO environment (program_version, libtorch_version, compiler, blas, "
      "operating_system, cpu, cores, memory_bytes, device, threads) VALUES (?,?,?,?,?,?,?,?,?,?)");
  insert(add, e.program_version, e.libtorch_version, e.compiler, e.blas, e.operating_system, e.cpu, e.cores,
         e.memory_bytes, e.device, e.threads);
  SQLite::Statement find(
      connection,
      "SELECT id FROM environment WHERE (program_version, libtorch_version, compiler, blas, "
      "operating_system, cpu, cores, memory_bytes, device, threads) = (?,?,?,?,?,?,?,?,?,?)");
  bind_all(find, e.program_version, e.libtorch_version, e.compiler, e.blas, e.operating_system, e.cpu,
           e.cores, e.memory_bytes, e.device, e.threads);
  find.executeStep();
  return find.getColumn(0).getInt64();
}

std::int64_t store_run(SQLite::Database& connection, const RunRecord& run, std::int64_t environment) {
  SQLite::Statement add(
      connection,
      "INSERT INTO run (identity, attempt, suite, comparison, model, label, dataset, seed, status, "
      "exit_code, signal, "
      "message, stderr_tail, started_at, finished_at, wall_seconds, train_seconds, train_steps, "
      "samples_per_second, "
      "parameter_count, peak_memory_bytes, plugin_version, plugin_sha256, dataset_fingerprint, spec_json, "
      "environment_id) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  insert(add, run.identity, run.attempt, run.suite, run.comparison, run.model, run.label, run.dataset,
         run.seed, run_status_name(run.status), run.exit_code, run.signal, run.message, run.stderr_tail,
         run.started_at, run.finished_at, run.wall_seconds, run.train_seconds, run.train_steps,
         run.samples_per_second, run.parameter_count, run.peak_memory_bytes, run.plugin_version,
         run.plugin_sha256, run.dataset_fingerprint, run.spec_json, environment);
  return connection.getLastInsertRowid();
}

void store_metrics(SQLite::Database& connection, std::int64_t id, const std::vector<MetricRecord>& metrics) {
  SQLite::Statement add(
      connection,
      "INSERT INTO metric (run_id, protocol, name, variant, split, value, unit, better, extractor, "
      "extractor_sha256, reference_count, sample_count) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)");
  for (const auto& m : metrics)
    insert(add, id, m.protocol, m.name, m.variant, m.split, m.value, m.unit, m.better, m.extractor,
           m.extractor_sha256, m.reference_count, m.sample_count);
}

void store_curve(SQLite::Database& connection, std::int64_t id, const std::vector<CurvePoint>& curve) {
  SQLite::Statement add(connection,
                        "INSERT OR REPLACE INTO curve (run_id, series, step, value) VALUES (?,?,?,?)");
  for (const auto& point : curve) insert(add, id, point.series, point.step, point.value);
}

void store_spectra(SQLite::Database& connection, std::int64_t id,
                   const std::vector<SpectrumRecord>& spectra) {
  SQLite::Statement add(connection, "INSERT INTO spectrum (run_id, name, position, value) VALUES (?,?,?,?)");
  for (const auto& spectrum : spectra) {
    std::int64_t position = 0;
    for (const double value : spectrum.values) insert(add, id, spectrum.name, ++position, value);
  }
}

void store_images(SQLite::Database& connection, std::int64_t id, const std::vector<ImageRecord>& images) {
  SQLite::Statement add(connection,
                        "INSERT INTO image (run_id, protocol, name, variant, caption, width, height, png) "
                        "VALUES (?,?,?,?,?,?,?,?)");
  for (const auto& image : images) {
    bind_all(add, id, image.protocol, image.name, image.variant, image.caption, image.width, image.height);
    add.bindNoCopy(8, image.png.data(), static_cast<int>(image.png.size()));
    add.exec();
    add.reset();
  }
}

std::optional<StoredRun> find_run(const SQLite::Database& connection, const std::string& identity) {
  SQLite::Statement find(connection,
                         "SELECT id, status, attempt, message FROM run WHERE identity = ? "
                         "ORDER BY attempt DESC LIMIT 1");
  bind_all(find, identity);
  if (!find.executeStep()) return std::nullopt;
  StoredRun run;
  run.id = find.getColumn(0).getInt64();
  run.status = parse_run_status(find.getColumn(1).getString());
  run.attempt = find.getColumn(2).getInt64();
  run.message = find.getColumn(3).getString();
  return run;
}

bool is_recorded(const SQLite::Database& connection, const std::string& identity, std::int64_t attempt) {
  SQLite::Statement find(connection, "SELECT 1 FROM run WHERE identity = ? AND attempt = ?");
  bind_all(find, identity, attempt);
  return find.executeStep();
}

}  // namespace

ResultsDatabase::ResultsDatabase(std::filesystem::path path, std::unique_ptr<SQLite::Database> connection,
                                 Access access)
    : path_(std::move(path)), connection_(std::move(connection)), access_(access) {}

ResultsDatabase::ResultsDatabase(ResultsDatabase&& other) noexcept = default;

ResultsDatabase::~ResultsDatabase() {
  if (connection_ == nullptr || access_ == Access::kRead) return;
  // Fails, and may, while others have the file open: the last of them tidies up.
  connection_->tryExec("PRAGMA busy_timeout = 0");
  connection_->tryExec("PRAGMA journal_mode = DELETE");
}

ResultsDatabase ResultsDatabase::open_or_create(const std::filesystem::path& path) {
  return {path, open_for_writing(path), Access::kWrite};
}

ResultsDatabase ResultsDatabase::open_read_only(const std::filesystem::path& path) {
  return {path, open_for_reading(path), Access::kRead};
}

void ResultsDatabase::store(const RunRecord& run) {
  translate_database_errors(path_, [&] {
    SQLite::Transaction transaction(*connection_, SQLite::TransactionBehavior::IMMEDIATE);
    if (is_recorded(*connection_, run.identity, run.attempt))
      throw DatabaseError(
          fmt::format("{}: attempt {} of run {} is already recorded; use the next attempt number",
                      path_.string(), run.attempt, run.identity));
    const auto id = store_run(*connection_, run, store_environment(*connection_, run.environment));
    store_metrics(*connection_, id, run.metrics);
    store_curve(*connection_, id, run.curve);
    store_spectra(*connection_, id, run.spectra);
    store_images(*connection_, id, run.images);
    transaction.commit();
  });
}

std::optional<StoredRun> ResultsDatabase::latest_run(const std::string& identity) const {
  return translate_database_errors(path_, [&] { return find_run(*connection_, identity); });
}

std::optional<std::string> ResultsDatabase::last_spec(const std::string& suite, const std::string& comparison,
                                                      const std::string& dataset, const std::string& label,
                                                      std::int64_t seed) const {
  return translate_database_errors(path_, [&]() -> std::optional<std::string> {
    SQLite::Statement find(
        *connection_,
        "SELECT spec_json FROM run WHERE (suite, comparison, dataset, label, seed) = (?,?,?,?,?) "
        "AND status = 'ok' ORDER BY started_at DESC, id DESC LIMIT 1");
    bind_all(find, suite, comparison, dataset, label, seed);
    if (!find.executeStep()) return std::nullopt;
    return find.getColumn(0).getString();
  });
}

std::int64_t ResultsDatabase::next_attempt(const std::string& identity) const {
  const auto last = latest_run(identity);
  return last ? last->attempt + 1 : 1;
}

void ResultsDatabase::set_published(const std::string& suite, const std::vector<PublishedRecord>& figures) {
  translate_database_errors(path_, [&] {
    SQLite::Transaction transaction(*connection_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement forget(*connection_, "DELETE FROM published WHERE suite = ?");
    forget.bind(1, suite);
    forget.exec();
    SQLite::Statement put(*connection_,
                          "INSERT INTO published (suite, comparison, label, protocol, name, variant, split, "
                          "value, deviation, source) VALUES (?,?,?,?,?,?,?,?,?,?)");
    for (const auto& f : figures)
      insert(put, suite, f.comparison, f.label, f.protocol, f.name, f.variant, f.split, f.value, f.deviation,
             f.source);
    transaction.commit();
  });
}

MergeCount ResultsDatabase::take_over(const ResultsDatabase& other) {
  return translate_database_errors(path_, [&] { return merge_runs(*connection_, other.connection()); });
}

}  // namespace rraebench
