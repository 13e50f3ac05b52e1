#include "reports/merge.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <list>
#include <map>
#include <string>
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

using Changes = std::map<std::string, std::int64_t>;  // Column to its new value.

/// Copies rows of one table from one database to the other.
class RowCopier {
 public:
  /// `key`: the column by which rows are chosen.
  RowCopier(SQLite::Database& into, const SQLite::Database& from, const std::string& table,
            const std::string& key)
      : columns_(columns_of(from, table)),
        read_(from, "SELECT " + joined(columns_, ", ") + " FROM " + table + " WHERE " + key + " = ?"),
        write_(into, insertion("INSERT", table, columns_)) {}

  template <typename Key>
  void copy(const Key& key, const Changes& changes) {
    read_.reset();
    read_.bind(1, key);
    while (read_.executeStep()) {
      for (int i = 0; i < static_cast<int>(columns_.size()); ++i) {
        const auto change = changes.find(columns_[static_cast<std::size_t>(i)]);
        if (change != changes.end())
          write_.bind(i + 1, change->second);
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

bool has_run(SQLite::Statement& find, SQLite::Statement& run) {
  for (int i = 0; i < 3; ++i) find.bind(i + 1, run.getColumn(i + 1).getString());
  const bool found = find.executeStep();
  find.reset();
  return found;
}

/// In two steps, since no two attempts may have one number in between.
void number_attempts(SQLite::Database& into) {
  into.exec(
      "UPDATE run SET attempt = attempt + (SELECT MAX(attempt) FROM run);"
      "UPDATE run SET attempt = numbered.place FROM (SELECT id, ROW_NUMBER() OVER "
      "(PARTITION BY identity ORDER BY started_at, id) AS place FROM run) AS numbered WHERE numbered.id = "
      "run.id");
}

void merge_published(SQLite::Database& into, const SQLite::Database& from) {
  SQLite::Statement known(into, "SELECT 1 FROM published WHERE suite = ?");
  SQLite::Statement suites(from, "SELECT DISTINCT suite FROM published");
  RowCopier copier(into, from, "published", "suite");
  while (suites.executeStep()) {
    const auto suite = suites.getColumn(0).getString();
    known.reset();
    known.bind(1, suite);
    if (!known.executeStep()) copier.copy(suite, {});
  }
}

}  // namespace

MergeCount merge_runs(SQLite::Database& into, const SQLite::Database& from) {
  SQLite::Transaction transaction(into, SQLite::TransactionBehavior::IMMEDIATE);
  const auto environments = merge_environments(into, from);
  // Attempts that come in get numbers beyond all others until every one is numbered anew.
  auto attempt = into.execAndGet("SELECT COALESCE(MAX(attempt), 0) FROM run").getInt64();
  SQLite::Statement runs(from,
                         "SELECT id, identity, started_at, finished_at, environment_id FROM run ORDER BY id");
  SQLite::Statement find(into, "SELECT 1 FROM run WHERE identity = ? AND started_at = ? AND finished_at = ?");
  RowCopier run_copier(into, from, "run", "id");
  std::list<RowCopier> parts;
  for (const char* table : {"metric", "curve", "spectrum", "image"})
    parts.emplace_back(into, from, table, "run_id");
  MergeCount count;
  while (runs.executeStep()) {
    if (has_run(find, runs)) {
      ++count.known;
      continue;
    }
    const auto id = runs.getColumn(0).getInt64();
    run_copier.copy(
        id, {{"environment_id", environments.at(runs.getColumn(4).getInt64())}, {"attempt", ++attempt}});
    const auto new_id = into.getLastInsertRowid();
    for (auto& part : parts) part.copy(id, {{"run_id", new_id}});
    ++count.added;
  }
  number_attempts(into);
  merge_published(into, from);
  transaction.commit();
  return count;
}

}  // namespace rraebench
