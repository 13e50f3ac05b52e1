#include "reports/query.hpp"

#include "rraebench/suggest.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <sqlite3.h>
#include <string_view>

namespace rraebench {
namespace {

constexpr std::array<std::string_view, 12> kDescribingPragmas = {
    "table_info",  "table_xinfo",     "table_list",       "index_list",
    "index_info",  "index_xinfo",     "database_list",    "collation_list",
    "quick_check", "integrity_check", "foreign_key_list", "compile_options"};
constexpr std::array<std::string_view, 3> kPlainPragmas = {"user_version", "application_id",
                                                           "schema_version"};

bool pragma_only_reads(const char* name, const char* argument) {
  const auto is = [&](std::string_view other) { return sqlite3_stricmp(name, other.data()) == 0; };
  return std::any_of(kDescribingPragmas.begin(), kDescribingPragmas.end(), is) ||
         (argument == nullptr && std::any_of(kPlainPragmas.begin(), kPlainPragmas.end(), is));
}

int authorise_reading(void*, int action, const char* first, const char* second, const char*, const char*) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION:
      return sqlite3_stricmp(second, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
    // Asked when a table-valued function describes itself. A statement that really updates the schema table
    // is no reader and fails at that.
    case SQLITE_UPDATE:
      return sqlite3_stricmp(first, "sqlite_master") == 0 ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_PRAGMA:
      return pragma_only_reads(first, second) ? SQLITE_OK : SQLITE_DENY;
    default:
      return SQLITE_DENY;
  }
}

// While it lives, the connection compiles nothing but reading.
class ReadingOnly {
 public:
  explicit ReadingOnly(sqlite3* connection) : connection_(connection) {
    sqlite3_set_authorizer(connection_, authorise_reading, nullptr);
  }
  ReadingOnly(const ReadingOnly&) = delete;
  ReadingOnly& operator=(const ReadingOnly&) = delete;
  ~ReadingOnly() { sqlite3_set_authorizer(connection_, nullptr, nullptr); }

 private:
  sqlite3* connection_;
};

struct Finalise {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Finalise>;

constexpr const char* kOnlyReading =
    "a query may only read: no statement that writes, attaches files, loads code or changes settings";

[[noreturn]] void fail(const ResultsDatabase& database, int code) {
  auto* connection = database.connection().getHandle();
  const std::string text = sqlite3_errmsg(connection);
  if (code == SQLITE_AUTH || text.rfind("not authorized", 0) == 0) throw QueryError(kOnlyReading);
  const int primary = code & 0xff;
  if (primary != SQLITE_ERROR && primary != SQLITE_MISMATCH && primary != SQLITE_RANGE &&
      primary != SQLITE_TOOBIG)
    throw explain_database_error(database.path(), SQLite::Exception(connection, code));
  const auto known = list_views_and_tables(database);
  constexpr std::string_view kNoTable = "no such table: ";
  if (text.rfind(kNoTable, 0) == 0)
    throw QueryError(fmt::format("{}; {}", text, suggest_name(text.substr(kNoTable.size()), known)));
  throw QueryError(fmt::format("{}; to query there are: {}", text, join_names(known)));
}

Prepared prepare(const ResultsDatabase& database, const char* sql, const char** rest) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(database.connection().getHandle(), sql, -1, &statement, rest);
  if (code != SQLITE_OK) fail(database, code);
  return Prepared(statement);
}

Cell read_cell(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return static_cast<std::int64_t>(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    }
    case SQLITE_BLOB:
      return fmt::format("<blob {} bytes>", sqlite3_column_bytes(statement, column));
    default:
      return std::monostate{};
  }
}

// SQLite compiles blanks and comments to no statement at all.
bool only_blanks(const ResultsDatabase& database, const char* sql) {
  while (*sql != '\0') {
    if (prepare(database, sql, &sql) != nullptr) return false;
  }
  return true;
}

}  // namespace

Table run_query(const ResultsDatabase& database, const std::string& sql) {
  if (sql.find('\0') != std::string::npos) throw QueryError("the query holds a NUL character; remove it");
  const ReadingOnly guard(database.connection().getHandle());
  const char* rest = nullptr;
  const auto statement = prepare(database, sql.c_str(), &rest);
  if (statement == nullptr)
    throw QueryError("the query is empty; to query there are: " +
                     join_names(list_views_and_tables(database)));
  if (!only_blanks(database, rest))
    throw QueryError("a query is one statement; give the others one at a time");
  if (sqlite3_stmt_readonly(statement.get()) == 0) throw QueryError(kOnlyReading);

  Table table;
  const int columns = sqlite3_column_count(statement.get());
  for (int column = 0; column < columns; ++column)
    table.columns.emplace_back(sqlite3_column_name(statement.get(), column));
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) {
    auto& row = table.rows.emplace_back();
    row.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) row.push_back(read_cell(statement.get(), column));
  }
  if (code != SQLITE_DONE) fail(database, code);
  return table;
}

Table run_view(const ResultsDatabase& database, const std::string& name) {
  const auto known = list_views_and_tables(database);
  if (std::find(known.begin(), known.end(), name) == known.end())
    throw QueryError(fmt::format("no view or table '{}': {}", name, suggest_name(name, known)));
  return run_query(database, fmt::format("SELECT * FROM \"{}\"", name));
}

std::vector<std::string> list_views_and_tables(const ResultsDatabase& database) {
  return translate_database_errors(database.path(), [&] {
    SQLite::Statement find(database.connection(),
                           "SELECT name FROM sqlite_master WHERE type IN ('view', 'table') "
                           "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC, name");
    std::vector<std::string> names;
    while (find.executeStep()) names.push_back(find.getColumn(0).getString());
    return names;
  });
}

}  // namespace rraebench
