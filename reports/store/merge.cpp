#include "reports/store/merge.hpp"

#include "reports/store/known_runs.hpp"
#include "reports/store/real_file.hpp"
#include "reports/store/row_copier.hpp"
#include "reports/store/snapshot.hpp"
#include "reports/store/standing.hpp"
#include "reports/text.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <list>
#include <map>
#include <string>
#include <system_error>
#include <vector>

namespace rraebench {
namespace {

/// From ids of `from` to those of `into`.
std::map<std::int64_t, std::int64_t> merge_environments(SQLite::Database& into,
                                                        const SQLite::Database& from) {
  const auto columns = columns_of(from, "environment");
  SQLite::Statement read(from, "SELECT " + joined_columns(columns, ", ") + ", id FROM environment");
  SQLite::Statement add(into, insertion("INSERT OR IGNORE", "environment", columns));
  SQLite::Statement find(into,
                         "SELECT id FROM environment WHERE " + joined_columns(columns, " AND ", " = ?"));
  std::map<std::int64_t, std::int64_t> ids;
  while (read.executeStep()) {
    for (auto* statement : {&add, &find}) {
      statement->reset();
      bind_columns(*statement, read, columns.size());
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
  SQLite::Statement read(from, "SELECT " + joined_columns(columns, ", ") + " FROM asked");
  SQLite::Statement put(into,
                        insertion("INSERT", "asked", columns) +
                            " ON CONFLICT DO UPDATE SET settings = excluded.settings, suite_file = "
                            "excluded.suite_file, asked_at = excluded.asked_at, position = excluded.position "
                            "WHERE excluded.asked_at > asked_at");
  while (read.executeStep()) {
    bind_columns(put, read, columns.size());
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
  SQLite::Statement read(from, "SELECT " + joined_columns(columns, ", ") + " FROM plugin");
  SQLite::Statement add(into, insertion("INSERT OR IGNORE", "plugin", columns));
  while (read.executeStep()) {
    bind_columns(add, read, columns.size());
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

struct RunMerger::Parts {
  Parts(SQLite::Database& database, const std::filesystem::path& file, const std::set<std::string>& without)
      : into(database),
        folder(folder_of(file)),
        tables(tables_without(without)),
        hides_folders(without.count(kFolders) > 0),
        transaction(into, SQLite::TransactionBehavior::IMMEDIATE),
        known(into),
        // Attempts that come in get numbers beyond all others until they are numbered anew.
        attempt(into.execAndGet("SELECT COALESCE(MAX(attempt), 0) FROM run").getInt64()) {}

  SQLite::Database& into;
  std::filesystem::path folder;
  std::vector<std::string> tables;  // That are taken of each run, beside its own.
  bool hides_folders;
  SQLite::Transaction transaction;
  KnownRuns known;
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
    const auto identity = runs.getColumn(1).getString();
    if (parts_->known.has(identity, runs.getColumn(2).getString(), runs.getColumn(3).getString())) {
      ++count.known;
      continue;
    }
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
