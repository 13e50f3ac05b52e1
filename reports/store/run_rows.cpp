#include "reports/store/run_rows.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <utility>

namespace rraebench {
namespace {

// Reads the columns of a row one after the other.
class Row {
 public:
  explicit Row(SQLite::Statement& statement) : statement_(statement) {}

  std::string text() { return next().getString(); }
  std::int64_t integer() { return next().getInt64(); }
  double real() { return next().getDouble(); }  // 0 for NULL.
  RunStatus status() { return parse_run_status(text()); }
  std::optional<double> optional_real() {
    const auto column = next();
    return column.isNull() ? std::nullopt : std::optional<double>(column.getDouble());
  }
  std::optional<std::int64_t> optional_integer() {
    const auto column = next();
    return column.isNull() ? std::nullopt : std::optional<std::int64_t>(column.getInt64());
  }
  Place place() {
    Place place;
    place.suite = text();
    place.comparison = text();
    place.dataset = text();
    place.label = text();
    return place;
  }
  MetricColumn metric_column() {
    MetricColumn column;
    column.protocol = text();
    column.name = text();
    column.variant = text();
    column.split = text();
    column.unit = text();
    column.better = text();
    column.extractor = text();
    column.extractor_sha256 = text();
    column.reference_count = integer();
    column.sample_count = integer();
    return column;
  }

 private:
  SQLite::Column next() { return statement_.getColumn(index_++); }

  SQLite::Statement& statement_;
  int index_ = 0;
};

// `read` makes one element of a Row. `parameters` are bound to the query's places in their order.
template <typename Read, typename... Parameters>
auto read_all(const ResultsDatabase& database, const char* sql, Read read, const Parameters&... parameters) {
  return translate_database_errors(database.path(), [&] {
    SQLite::Statement statement(database.connection(), sql);
    [[maybe_unused]] int place = 0;
    (statement.bind(++place, parameters), ...);
    std::vector<decltype(read(std::declval<Row&>()))> rows;
    while (statement.executeStep()) {
      Row row(statement);
      rows.push_back(read(row));
    }
    return rows;
  });
}

/// The model's options in a run's resolved cell; empty where there are none to read.
std::map<std::string, std::string> model_options(const std::string& spec_json) {
  const auto spec = nlohmann::json::parse(spec_json, nullptr, /*allow_exceptions=*/false);
  std::map<std::string, std::string> options;
  if (!spec.is_object() || !spec.contains("options") || !spec["options"].is_object()) return options;
  for (const auto& [name, value] : spec["options"].items())
    if (value.is_string()) options[name] = value.get<std::string>();
  return options;
}

}  // namespace

std::vector<Place> read_places(const ResultsDatabase& database) {
  return read_all(
      database,
      "SELECT suite, comparison, dataset, label FROM run GROUP BY suite, comparison, dataset, label "
      "ORDER BY MIN(id)",
      [](Row& row) { return row.place(); });
}

std::vector<RunRow> read_current_runs(const ResultsDatabase& database) {
  return read_all(
      database,
      "SELECT id, run.suite, run.comparison, run.dataset, run.label, run.model, run.seed, run.status, "
      "run.train_seconds, run.train_steps, run.samples_per_second, run.parameter_count, "
      "run.peak_memory_bytes, run.plugin_sha256, run.dataset_fingerprint, run.environment_id, "
      "run.spec_json FROM runs JOIN run USING (id) WHERE runs.current ORDER BY run.seed, id",
      [](Row& row) {
        RunRow run;
        run.id = row.integer();
        run.place = row.place();
        run.model = row.text();
        run.seed = row.integer();
        run.status = row.status();
        run.train_seconds = row.real();
        run.train_steps = row.integer();
        run.samples_per_second = row.real();
        run.parameter_count = row.integer();
        run.peak_memory_bytes = row.integer();
        run.plugin_sha256 = row.text();
        run.dataset_fingerprint = row.text();
        run.environment_id = row.integer();
        run.options = model_options(row.text());
        return run;
      });
}

std::vector<LeaderboardRow> read_leaderboard(const ResultsDatabase& database) {
  return read_all(
      database,
      "SELECT suite, comparison, dataset, label, protocol, name, variant, split, unit, better, extractor, "
      "extractor_sha256, reference_count, sample_count, mean, std, n, minimum, maximum, median FROM "
      "leaderboard WHERE n > 0",
      [](Row& row) {
        LeaderboardRow entry;
        entry.place = row.place();
        entry.column = row.metric_column();
        entry.cell.mean = row.real();
        entry.cell.deviation = row.optional_real();
        entry.cell.n = row.integer();
        entry.cell.minimum = row.real();
        entry.cell.maximum = row.real();
        entry.cell.median = row.real();
        return entry;
      });
}

std::vector<FigureRow> read_figures(const ResultsDatabase& database) {
  return read_all(database,
                  "SELECT run_id, protocol, name, variant, split, unit, better, extractor, extractor_sha256, "
                  "reference_count, sample_count, value FROM metric JOIN runs ON runs.id = metric.run_id "
                  "WHERE runs.current AND runs.status = 'ok' ORDER BY metric.id",
                  [](Row& row) {
                    FigureRow figure;
                    figure.run_id = row.integer();
                    figure.column = row.metric_column();
                    figure.value = row.optional_real();
                    return figure;
                  });
}

TrainingCurve read_curve(const ResultsDatabase& database, std::int64_t run_id) {
  struct Point {
    std::string series;
    std::int64_t step;
    std::optional<double> value;
  };
  const auto points = read_all(
      database,
      "SELECT series, step, value FROM curve WHERE run_id = ?1 AND series = "
      "(SELECT series FROM curve WHERE run_id = ?1 ORDER BY series <> 'loss', series LIMIT 1) ORDER BY step",
      [](Row& row) {
        auto series = row.text();
        const auto step = row.integer();
        return Point{std::move(series), step, row.optional_real()};
      },
      run_id);
  TrainingCurve curve;
  for (const auto& point : points) {
    curve.series = point.series;
    if (!point.value || !std::isfinite(*point.value)) continue;
    curve.steps.push_back(point.step);
    curve.values.push_back(*point.value);
  }
  return curve;
}

std::vector<Spectrum> read_spectra(const ResultsDatabase& database, std::int64_t run_id) {
  const auto points = read_all(
      database, "SELECT name, value FROM spectrum WHERE run_id = ? ORDER BY name, position",
      [](Row& row) {
        auto name = row.text();
        const double value = row.real();
        return std::make_pair(std::move(name), std::isfinite(value) ? value : 0.0);
      },
      run_id);
  std::vector<Spectrum> spectra;
  for (const auto& [name, value] : points) {
    if (spectra.empty() || spectra.back().name != name) spectra.emplace_back().name = name;
    spectra.back().values.push_back(value);
  }
  return spectra;
}

std::vector<ImageRecord> read_images(const ResultsDatabase& database, std::int64_t run_id) {
  return read_all(
      database,
      "SELECT protocol, name, variant, caption, width, height, png FROM image WHERE run_id = ? ORDER BY id",
      [](Row& row) {
        ImageRecord image;
        image.protocol = row.text();
        image.name = row.text();
        image.variant = row.text();
        image.caption = row.text();
        image.width = static_cast<int>(row.integer());
        image.height = static_cast<int>(row.integer());
        image.png = row.text();
        return image;
      },
      run_id);
}

std::vector<PublishedRecord> read_published(const ResultsDatabase& database, const std::string& suite) {
  return read_all(
      database,
      "SELECT comparison, label, protocol, name, variant, split, value, deviation, source FROM published "
      "WHERE suite = ? "
      "ORDER BY comparison, protocol, name, variant, split, label",
      [](Row& row) {
        PublishedRecord record;
        record.comparison = row.text();
        record.label = row.text();
        record.protocol = row.text();
        record.name = row.text();
        record.variant = row.text();
        record.split = row.text();
        record.value = row.real();
        record.deviation = row.optional_real();
        record.source = row.text();
        return record;
      },
      suite);
}

std::vector<FailedRun> read_failures(const ResultsDatabase& database) {
  return read_all(
      database,
      "SELECT suite, comparison, dataset, label, seed, attempt, status, exit_code, signal, message, "
      "stderr_tail FROM failures",
      [](Row& row) {
        FailedRun run;
        run.suite = row.text();
        run.comparison = row.text();
        run.dataset = row.text();
        run.label = row.text();
        run.seed = row.integer();
        run.attempt = row.integer();
        run.status = row.status();
        run.exit_code = row.optional_integer();
        run.signal = row.optional_integer();
        run.message = row.text();
        run.stderr_tail = row.text();
        return run;
      });
}

std::vector<RunNote> read_notes(const ResultsDatabase& database) {
  return read_all(database, "SELECT run_id, text FROM notes ORDER BY run_id", [](Row& row) {
    RunNote note;
    note.run_id = row.integer();
    note.text = row.text();
    return note;
  });
}

std::vector<EnvironmentRow> read_environments(const ResultsDatabase& database) {
  return read_all(
      database,
      "SELECT id, program_version, libtorch_version, compiler, blas, operating_system, cpu, cores, "
      "memory_bytes, device, threads FROM environment ORDER BY id",
      [](Row& row) {
        EnvironmentRow entry;
        entry.id = row.integer();
        auto& e = entry.environment;
        e.program_version = row.text();
        e.libtorch_version = row.text();
        e.compiler = row.text();
        e.blas = row.text();
        e.operating_system = row.text();
        e.cpu = row.text();
        e.cores = row.integer();
        e.memory_bytes = row.integer();
        e.device = row.text();
        e.threads = row.integer();
        return entry;
      });
}

}  // namespace rraebench
