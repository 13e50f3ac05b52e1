#include "reports/store/merge.hpp"

#include "reports/store/real_file.hpp"
#include "reports/store/snapshot.hpp"
#include "reports/store/standing.hpp"
#include "reports/text.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rraebench {
namespace {

using Columns = std::vector<std::string>;

/// Of `table`, without its row id.
Columns columns_of(const SQLite::Database& database, const std::string& table) {
  SQLite::Statement info(database, "SELECT name FROM pragma_table_info(?) WHERE name <> 'id' ORDER BY cid");
  info.bind(1, table);
  Columns columns;
  while (info.executeStep()) columns.push_back(info.getColumn(0).getString());
  return columns;
}

/// Reports show figures and pictures in the order in which they were stored; without one, rows come as some
/// index has them.
std::string stored_order(const SQLite::Database& database, const std::string& table) {
  SQLite::Statement info(database, "SELECT 1 FROM pragma_table_info(?) WHERE name = 'id'");
  info.bind(1, table);
  return info.executeStep() ? " ORDER BY id" : "";
}

std::string joined(const Columns& columns, const std::string& separator, const std::string& suffix = "") {
  std::string text;
  for (const auto& column : columns) text += (text.empty() ? "" : separator) + column + suffix;
  return text;
}

std::string insertion(const std::string& verb, const std::string& table, const Columns& columns) {
  std::string places;
  for (std::size_t i = 0; i < columns.size(); ++i) places += i == 0 ? "?" : ",?";
  return verb + " INTO " + table + " (" + joined(columns, ", ") + ") VALUES (" + places + ")";
}

void bind(SQLite::Statement& statement, int index, const SQLite::Column& value) {
  if (value.isNull()) {
    statement.bind(index);
  } else if (value.isInteger()) {
    statement.bind(index, value.getInt64());
  } else if (value.isFloat()) {
    statement.bind(index, value.getDouble());
  } else if (value.isBlob()) {
    statement.bind(index, value.getBlob(), value.getBytes());
  } else {
    statement.bind(index, value.getString());
  }
}

using Changes = std::map<std::string, std::variant<std::int64_t, std::string>>;  // Column to its new value.

/// Copies rows of one table from one database to the other.
class RowCopier {
 public:
  /// `key`: the column by which rows are chosen.
  RowCopier(SQLite::Database& into, const SQLite::Database& from, const std::string& table,
            const std::string& key)
      : columns_(columns_of(from, table)),
        read_(from, "SELECT " + joined(columns_, ", ") + " FROM " + table + " WHERE " + key + " = ?" +
                        stored_order(from, table)),
        write_(into, insertion("INSERT", table, columns_)) {}

  template <typename Key>
  void copy(const Key& key, const Changes& changes) {
    read_.reset();
    read_.bind(1, key);
    while (read_.executeStep()) {
      for (int i = 0; i < static_cast<int>(columns_.size()); ++i) {
        const auto change = changes.find(columns_[static_cast<std::size_t>(i)]);
        if (change != changes.end())
          std::visit([&](const auto& value) { write_.bind(i + 1, value); }, change->second);
        else
          bind(write_, i + 1, read_.getColumn(i));
      }
      write_.exec();
      write_.reset();
    }
  }

 private:
  Columns columns_;
  SQLite::Statement read_;
  SQLite::Statement write_;
};

/// From ids of `from` to those of `into`.
std::map<std::int64_t, std::int64_t> merge_environments(SQLite::Database& into,
                                                        const SQLite::Database& from) {
  const auto columns = columns_of(from, "environment");
  SQLite::Statement read(from, "SELECT " + joined(columns, ", ") + ", id FROM environment");
  SQLite::Statement add(into, insertion("INSERT OR IGNORE", "environment", columns));
  SQLite::Statement find(into, "SELECT id FROM environment WHERE " + joined(columns, " AND ", " = ?"));
  std::map<std::int64_t, std::int64_t> ids;
  while (read.executeStep()) {
    for (auto* statement : {&add, &find}) {
      statement->reset();
      for (int i = 0; i < static_cast<int>(columns.size()); ++i) bind(*statement, i + 1, read.getColumn(i));
    }
    add.exec();
    find.executeStep();
    ids[read.getColumn(static_cast<int>(columns.size())).getInt64()] = find.getColumn(0).getInt64();
  }
  return ids;
}

/// The files that options name are known by their SHA-256; where they lie is the owner's affair.
std::string without_option_folders(const std::string& spec_json) {
  auto spec = nlohmann::json::parse(spec_json, nullptr, /*allow_exceptions=*/false);
  const auto files = spec.is_object() ? spec.find("option_files") : spec.end();
  if (files == spec.end() || !files->is_object()) return spec_json;
  for (auto& [option, file] : files->items())
    if (file.is_string()) file = std::filesystem::path(file.get<std::string>()).filename().string();
  return spec.dump();
}

/// One run is one identity, begun and ended at the same time.
constexpr const char* kFindRun =
    "SELECT 1 FROM run WHERE identity = ? AND started_at = ? AND finished_at = ?";

bool has_run(SQLite::Statement& find, SQLite::Statement& run) {
  for (int i = 0; i < 3; ++i) find.bind(i + 1, run.getColumn(i + 1).getString());
  const bool found = find.executeStep();
  find.reset();
  return found;
}

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
  SQLite::Statement find(database, kFindRun);
  find.bind(1, identity);
  find.bind(2, run.started_at);
  find.bind(3, run.finished_at);
  return find.executeStep();
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

struct MergedFigure {
  std::string title;  // "reconstruct relative_error test"
  double value;       // NaN where it is none.
};

/// All but times, which are never the same, by what tells them apart.
std::map<std::string, MergedFigure> figures_of(const SQLite::Database& database, std::int64_t run_id) {
  SQLite::Statement read(
      database,
      "SELECT replace(trim(protocol || ' ' || name || ' ' || variant || ' ' || split), '  ', ' '), "
      "json_array(protocol, name, variant, split, extractor, extractor_sha256, reference_count, "
      "sample_count), value FROM metric WHERE run_id = ? AND protocol <> 'train'");
  read.bind(1, run_id);
  std::map<std::string, MergedFigure> figures;
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

/// In two steps, since no two attempts may have one number in between.
class AttemptNumbers {
 public:
  explicit AttemptNumbers(SQLite::Database& into)
      : away_(into,
              "UPDATE run SET attempt = attempt + (SELECT MAX(attempt) FROM run AS other WHERE "
              "other.identity = run.identity) WHERE identity = ?"),
        anew_(into,
              "UPDATE run SET attempt = numbered.place FROM (SELECT id, ROW_NUMBER() OVER "
              "(ORDER BY started_at, id) AS place FROM run WHERE identity = ?1) AS numbered "
              "WHERE run.id = numbered.id AND run.identity = ?1") {}

  void number(const std::string& identity) {
    for (auto* statement : {&away_, &anew_}) {
      statement->reset();
      statement->bind(1, identity);
      statement->exec();
    }
  }

 private:
  SQLite::Statement away_;
  SQLite::Statement anew_;
};

/// The later wins.
void merge_asked(SQLite::Database& into, const SQLite::Database& from, bool hides_folders) {
  const auto columns = columns_of(from, "asked");
  const auto file =
      static_cast<int>(std::find(columns.begin(), columns.end(), "suite_file") - columns.begin());
  SQLite::Statement read(from, "SELECT " + joined(columns, ", ") + " FROM asked");
  SQLite::Statement put(into,
                        insertion("INSERT", "asked", columns) +
                            " ON CONFLICT DO UPDATE SET settings = excluded.settings, suite_file = "
                            "excluded.suite_file, asked_at = excluded.asked_at, position = excluded.position "
                            "WHERE excluded.asked_at > asked_at");
  while (read.executeStep()) {
    for (int i = 0; i < static_cast<int>(columns.size()); ++i) bind(put, i + 1, read.getColumn(i));
    if (hides_folders)
      put.bind(file + 1, std::filesystem::path(read.getColumn(file).getString()).filename().string());
    put.exec();
    put.reset();
  }
}

/// Suites that were asked for later in `from`, or there alone.
std::set<std::string> suites_asked_later(const SQLite::Database& into, const SQLite::Database& from) {
  SQLite::Statement theirs(from, "SELECT suite, MAX(asked_at) FROM asked GROUP BY suite");
  SQLite::Statement ours(into, "SELECT MAX(asked_at) FROM asked WHERE suite = ?");
  std::set<std::string> suites;
  while (theirs.executeStep()) {
    const auto suite = theirs.getColumn(0).getString();
    ours.reset();
    ours.bind(1, suite);
    ours.executeStep();
    if (ours.getColumn(0).isNull() || ours.getColumn(0).getString() < theirs.getColumn(1).getString())
      suites.insert(suite);
  }
  return suites;
}

/// What a table has by suite: for the suites of which there is nothing yet, and in place of what there is for
/// those that `from` asked for later.
void merge_by_suite(SQLite::Database& into, const SQLite::Database& from, const std::string& table,
                    const std::set<std::string>& asked_later) {
  SQLite::Statement known(into, "SELECT 1 FROM " + table + " WHERE suite = ?");
  SQLite::Statement forget(into, "DELETE FROM " + table + " WHERE suite = ?");
  SQLite::Statement suites(from, "SELECT DISTINCT suite FROM " + table);
  RowCopier copier(into, from, table, "suite");
  while (suites.executeStep()) {
    const auto suite = suites.getColumn(0).getString();
    for (auto* statement : {&known, &forget}) {
      statement->reset();
      statement->bind(1, suite);
    }
    if (asked_later.count(suite) > 0)
      forget.exec();
    else if (known.executeStep())
      continue;
    copier.copy(suite, {});
  }
}

void merge_plugins(SQLite::Database& into, const SQLite::Database& from) {
  const auto columns = columns_of(from, "plugin");
  SQLite::Statement read(from, "SELECT " + joined(columns, ", ") + " FROM plugin");
  SQLite::Statement add(into, insertion("INSERT OR IGNORE", "plugin", columns));
  while (read.executeStep()) {
    for (int i = 0; i < static_cast<int>(columns.size()); ++i) bind(add, i + 1, read.getColumn(i));
    add.exec();
    add.reset();
  }
}

struct OmissiblePart {
  const char* name;
  const char* table;
};

constexpr OmissiblePart kOmissibleParts[] = {
    {"curves", "curve"}, {"pictures", "image"}, {"spectra", "spectrum"}};
constexpr const char* kFolders = "folders";  // Omissible, too, and no table.

/// What belongs to a run, table by table.
std::vector<std::string> tables_without(const std::set<std::string>& parts) {
  std::vector<std::string> tables = {"metric", "curve", "spectrum", "image", "note", "artefact"};
  for (const auto& part : kOmissibleParts)
    if (parts.count(part.name) > 0) tables.erase(std::find(tables.begin(), tables.end(), part.table));
  return tables;
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::weakly_canonical(std::filesystem::absolute(real_file(file)).parent_path(), ignored);
}

/// "", or "../other/": what leads from one folder to the other.
std::string way_between(const std::filesystem::path& from, const std::filesystem::path& to) {
  const auto way = to.lexically_relative(from).string();
  return way == "." ? "" : way + "/";
}

}  // namespace

std::vector<std::string> omissible_parts() {
  std::vector<std::string> parts;
  for (const auto& part : kOmissibleParts) parts.emplace_back(part.name);
  parts.emplace_back(kFolders);
  return parts;
}

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

struct RunMerger::Parts {
  Parts(SQLite::Database& database, const std::filesystem::path& file, const std::set<std::string>& without)
      : into(database),
        folder(folder_of(file)),
        tables(tables_without(without)),
        hides_folders(without.count(kFolders) > 0),
        transaction(into, SQLite::TransactionBehavior::IMMEDIATE),
        find(into, kFindRun),
        // Attempts that come in get numbers beyond all others until they are numbered anew.
        attempt(into.execAndGet("SELECT COALESCE(MAX(attempt), 0) FROM run").getInt64()) {}

  SQLite::Database& into;
  std::filesystem::path folder;
  std::vector<std::string> tables;  // That are taken of each run, beside its own.
  bool hides_folders;
  SQLite::Transaction transaction;
  SQLite::Statement find;
  std::int64_t attempt;
  std::set<std::string> changed;  // Identities.
};

RunMerger::RunMerger(SQLite::Database& into, const std::filesystem::path& file,
                     const std::set<std::string>& without)
    : parts_(std::make_unique<Parts>(into, file, without)) {}

RunMerger::~RunMerger() = default;

MergeCount RunMerger::take(const SQLite::Database& from, const std::filesystem::path& file,
                           const std::set<std::string>& left_out) {
  auto& into = parts_->into;
  const Snapshot moment(from);
  const auto environments = merge_environments(into, from);
  SQLite::Statement runs(from,
                         "SELECT id, identity, started_at, finished_at, environment_id, command, spec_json "
                         "FROM run ORDER BY id");
  RowCopier run_copier(into, from, "run", "id");
  std::list<RowCopier> tables;
  for (const auto& table : parts_->tables) tables.emplace_back(into, from, table, "run_id");
  SQLite::Statement lead_there(
      into, "UPDATE artefact SET path = ? || path WHERE run_id = ? AND substr(path, 1, 1) <> '/'");
  const auto way = way_between(parts_->folder, folder_of(file));
  MergeCount count;
  while (runs.executeStep()) {
    if (has_run(parts_->find, runs)) {
      ++count.known;
      continue;
    }
    const auto identity = runs.getColumn(1).getString();
    if (left_out.count(identity) > 0) {
      ++count.left_out;
      continue;
    }
    const auto id = runs.getColumn(0).getInt64();
    Changes changes = {{"environment_id", environments.at(runs.getColumn(4).getInt64())},
                       {"attempt", ++parts_->attempt}};
    if (parts_->hides_folders) {
      changes["folder"] = "";
      changes["command"] = without_folders(runs.getColumn(5).getString());
      changes["spec_json"] = without_option_folders(runs.getColumn(6).getString());
    }
    run_copier.copy(id, changes);
    const auto new_id = into.getLastInsertRowid();
    for (auto& table : tables) table.copy(id, {{"run_id", new_id}});
    lead_there.reset();
    lead_there.bind(1, way);
    lead_there.bind(2, new_id);
    lead_there.exec();
    parts_->changed.insert(identity);
    ++count.added;
  }
  const auto asked_later = suites_asked_later(into, from);
  merge_asked(into, from, parts_->hides_folders);
  for (const char* table : {"published", "claim"}) merge_by_suite(into, from, table, asked_later);
  merge_plugins(into, from);
  return count;
}

void RunMerger::commit() {
  AttemptNumbers attempts(parts_->into);
  for (const auto& identity : parts_->changed) attempts.number(identity);
  if (!parts_->changed.empty()) rebuild_standing(parts_->into);
  parts_->transaction.commit();
}

}  // namespace rraebench
