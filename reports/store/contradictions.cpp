#include "reports/store/contradictions.hpp"

#include "reports/store/known_runs.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>

namespace rraebench {
namespace {

/// The run that counts of one identity, as one file has it.
struct CountingRun {
  std::size_t file = 0;
  std::int64_t id = 0;
  std::string started_at;
  std::string finished_at;
};

std::vector<std::pair<std::string, CountingRun>> counting_runs(const SQLite::Database& database,
                                                               std::size_t file) {
  SQLite::Statement read(
      database, "SELECT identity, id, started_at, finished_at FROM runs WHERE status = 'ok' ORDER BY id");
  std::vector<std::pair<std::string, CountingRun>> runs;
  while (read.executeStep())
    runs.emplace_back(read.getColumn(0).getString(),
                      CountingRun{file, read.getColumn(1).getInt64(), read.getColumn(2).getString(),
                                  read.getColumn(3).getString()});
  return runs;
}

/// Whether the file has this run, whether it counts there or a later attempt does.
bool has_run(const SQLite::Database& database, const std::string& identity, const CountingRun& run) {
  return KnownRuns(database).has(identity, run.started_at, run.finished_at);
}

/// A run that both files have.
bool are_one(const CountingRun& first, const CountingRun& second) {
  return first.started_at == second.started_at && first.finished_at == second.finished_at;
}

struct NamedRun {
  std::string place;    // "quick · shift · VAE · seed 0"
  std::string machine;  // "AMD EPYC, 2 threads"
};

NamedRun name_run(const SQLite::Database& database, std::int64_t id) {
  SQLite::Statement read(database,
                         "SELECT suite || ' · ' || comparison || ' · ' || label || ' · seed ' || seed, "
                         "cpu || ', ' || threads || ' threads' "
                         "FROM run JOIN environment ON environment.id = environment_id WHERE run.id = ?");
  read.bind(1, id);
  if (!read.executeStep()) return {};
  return {read.getColumn(0).getString(), read.getColumn(1).getString()};
}

struct ComparedFigure {
  std::string title;  // "reconstruct relative_error test"
  double value;       // NaN where it is none.
};

/// All but times, which are never the same, by what tells them apart.
std::map<std::string, ComparedFigure> figures_of(const SQLite::Database& database, std::int64_t run_id) {
  SQLite::Statement read(
      database,
      "SELECT replace(trim(protocol || ' ' || name || ' ' || variant || ' ' || split), '  ', ' '), "
      "json_array(protocol, name, variant, split, extractor, extractor_sha256, reference_count, "
      "sample_count), value FROM metric WHERE run_id = ? AND protocol <> 'train'");
  read.bind(1, run_id);
  std::map<std::string, ComparedFigure> figures;
  while (read.executeStep())
    figures[read.getColumn(1).getString()] = {
        read.getColumn(0).getString(),
        read.getColumn(2).isNull() ? std::nan("") : read.getColumn(2).getDouble()};
  return figures;
}

double relative_difference(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0.0;
  const double difference = std::abs(a - b) / std::max(std::abs(a), std::abs(b));
  return std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
}

std::optional<Contradiction> compare(const SQLite::Database& file_of_first, const CountingRun& first,
                                     const SQLite::Database& file_of_second, const CountingRun& second) {
  const auto here = figures_of(file_of_first, first.id);
  const auto there = figures_of(file_of_second, second.id);
  Contradiction found;
  double largest = 0.0;
  auto all = here;
  all.insert(there.begin(), there.end());
  for (const auto& [key, figure] : all) {
    const auto a = here.find(key);
    const auto b = there.find(key);
    const double value_here = a == here.end() ? std::nan("") : a->second.value;
    const double value_there = b == there.end() ? std::nan("") : b->second.value;
    const double difference = relative_difference(value_here, value_there);
    if (difference == 0.0) continue;
    ++found.figures;
    if (difference <= largest) continue;
    largest = difference;
    found.figure = figure.title;
    found.value_in_first = value_here;
    found.value_in_second = value_there;
  }
  if (found.figures == 0) return std::nullopt;
  const auto named = name_run(file_of_first, first.id);
  found.place = named.place;
  found.first = first.file;
  found.second = second.file;
  found.machine_of_first = named.machine;
  found.machine_of_second = name_run(file_of_second, second.id).machine;
  return found;
}

}  // namespace

std::vector<Contradiction> find_contradictions(std::size_t file_count, const FileOpener& open) {
  std::map<std::string, CountingRun> first;
  std::vector<Contradiction> contradictions;
  for (std::size_t file = 0; file < file_count; ++file) {
    const auto here = open(file);
    for (const auto& [identity, run] : counting_runs(*here, file)) {
      const auto [known, is_new] = first.emplace(identity, run);
      if (is_new || are_one(known->second, run)) continue;
      const auto there = known->second.file == file ? here : open(known->second.file);
      // One of the two is a later attempt beside the other.
      if (has_run(*there, identity, run)) continue;
      if (has_run(*here, identity, known->second)) {
        known->second = run;
        continue;
      }
      if (auto found = compare(*there, known->second, *here, run)) {
        found->identity = identity;
        contradictions.push_back(std::move(*found));
      }
    }
  }
  return contradictions;
}

std::vector<Contradiction> find_contradictions(const std::vector<const SQLite::Database*>& files) {
  return find_contradictions(files.size(), [&](std::size_t file) {
    return std::shared_ptr<const SQLite::Database>(files[file], [](const SQLite::Database*) {});
  });
}

}  // namespace rraebench
