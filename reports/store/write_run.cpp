#include "reports/store/write_run.hpp"

#include "reports/name_list.hpp"
#include "reports/store/statements.hpp"

#include <nlohmann/json.hpp>

#include <vector>

namespace rraebench {
namespace {

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
      "INSERT INTO run (identity, attempt, suite, comparison, model, label, dataset, seed, status, fault, "
      "exit_code, signal, message, stderr_tail, started_at, finished_at, wall_seconds, train_seconds, "
      "train_steps, samples_per_second, parameter_count, peak_memory_bytes, plugin_version, plugin_sha256, "
      "dataset_fingerprint, spec_json, environment_id, command, folder, jobs, keep, settings) "
      "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?," +
          settings_sql("?26") + ")");
  const bool failed = run.status != RunStatus::kOk && run.status != RunStatus::kInterrupted;
  insert(add, run.identity, run.attempt, run.suite, run.comparison, run.model, run.label, run.dataset,
         run.seed, run_status_name(run.status), failed ? fault_name(run.fault) : "", run.exit_code,
         run.signal, run.message, run.stderr_tail, run.started_at, run.finished_at, run.wall_seconds,
         run.train_seconds, run.train_steps, run.samples_per_second, run.parameter_count,
         run.peak_memory_bytes, run.plugin_version, run.plugin_sha256, run.dataset_fingerprint, run.spec_json,
         environment, run.command, run.folder, run.jobs, joined_names(run.keep));
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
                        "INSERT INTO image (run_id, protocol, name, variant, caption, width, height, format, "
                        "content) VALUES (?,?,?,?,?,?,?,?,?)");
  for (const auto& image : images) {
    bind_all(add, id, image.protocol, image.name, image.variant, image.caption, image.width, image.height,
             image.format);
    add.bindNoCopy(9, image.content.data(), static_cast<int>(image.content.size()));
    add.exec();
    add.reset();
  }
}

void store_notes(SQLite::Database& connection, std::int64_t id, const std::vector<std::string>& notes) {
  SQLite::Statement add(connection, "INSERT INTO note (run_id, position, text) VALUES (?,?,?)");
  std::int64_t position = 0;
  for (const auto& note : notes) insert(add, id, ++position, note);
}

void store_artefacts(SQLite::Database& connection, std::int64_t id,
                     const std::vector<ArtefactRecord>& artefacts) {
  SQLite::Statement add(connection,
                        "INSERT INTO artefact (run_id, what, variant, split, path, sha256, shape, bytes) "
                        "VALUES (?,?,?,?,?,?,?,?)");
  for (const auto& a : artefacts)
    insert(add, id, a.what, a.variant, a.split, a.path, a.sha256, nlohmann::json(a.shape).dump(), a.bytes);
}

}  // namespace

std::string settings_sql(const std::string& spec_json) {
  return "CASE WHEN json_valid(" + spec_json + ") THEN json_remove(" + spec_json +
         ", '$.seed', '$.option_files') ELSE " + spec_json + " END";
}

std::int64_t write_run(SQLite::Database& connection, const RunRecord& run) {
  const auto id = store_run(connection, run, store_environment(connection, run.environment));
  store_metrics(connection, id, run.metrics);
  store_curve(connection, id, run.curve);
  store_spectra(connection, id, run.spectra);
  store_images(connection, id, run.images);
  store_notes(connection, id, run.notes);
  store_artefacts(connection, id, run.artefacts);
  return id;
}

}  // namespace rraebench
