#include "reports/store/query.hpp"

#include "reports/store/query_functions.hpp"
#include "reports/store/schema.hpp"
#include "rraebench/suggest.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <memory>
#include <new>
#include <set>
#include <sqlite3.h>
#include <sstream>
#include <string_view>

namespace rraebench {
namespace {

constexpr int kLargestValue = 256 << 20;  // Bytes of one cell, also of those on the way to it.

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

int ask_whether_to_stop(void* should_stop) {
  return (*static_cast<const std::function<bool()>*>(should_stop))() ? 1 : 0;
}

constexpr int kInstructionsBetweenQuestions = 10'000;  // Some tens of microseconds.

// While it lives, the connection compiles nothing but reading, in bounded memory, and asks whether to stop.
class Reading {
 public:
  Reading(sqlite3* connection, const std::function<bool()>& should_stop)
      : connection_(connection),
        should_stop_(should_stop),
        largest_value_(sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, kLargestValue)) {
    sqlite3_set_authorizer(connection_, authorise_reading, nullptr);
    if (should_stop_)
      sqlite3_progress_handler(connection_, kInstructionsBetweenQuestions, ask_whether_to_stop,
                               &should_stop_);
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ~Reading() {
    sqlite3_set_authorizer(connection_, nullptr, nullptr);
    sqlite3_progress_handler(connection_, 0, nullptr, nullptr);
    sqlite3_limit(connection_, SQLITE_LIMIT_LENGTH, largest_value_);
  }

 private:
  sqlite3* connection_;
  std::function<bool()> should_stop_;
  int largest_value_;
};

class WholeTable : public RowReceiver {
 public:
  void take_columns(std::vector<std::string> names) override { table.columns = std::move(names); }
  void take_row(std::vector<Cell> row) override { table.rows.push_back(std::move(row)); }
  Table table;
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
  if (primary == SQLITE_INTERRUPT) throw QueryError("the query was stopped");
  if (primary == SQLITE_TOOBIG)
    throw QueryError(fmt::format("the query makes a value of more than {} MB; too big", kLargestValue >> 20));
  if (primary == SQLITE_NOMEM) throw QueryError("the query needs more memory than there is; make it smaller");
  if (primary != SQLITE_ERROR && primary != SQLITE_MISMATCH && primary != SQLITE_RANGE)
    throw explain_database_error(database.path(), SQLite::Exception(connection, code));
  if (text.rfind("no such function: ", 0) == 0)
    throw QueryError(text + "; beside SQLite's own there are std(x) and median(x)");
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
      if (text == nullptr) throw std::bad_alloc();
      return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    }
    case SQLITE_BLOB:
      return fmt::format("<blob {} bytes>", sqlite3_column_bytes(statement, column));
    default:
      return std::monostate{};
  }
}

/// A number only where it is written as numbers are: "007" and "0.10" are labels as well, and where a column
/// holds numbers SQLite makes them of texts.
void bind_value(sqlite3_stmt* statement, int index, const std::string& value) {
  std::int64_t integer = 0;
  double real = 0.0;
  const auto* end = value.data() + value.size();
  const auto whole = [&](const std::from_chars_result& read) {
    return read.ec == std::errc() && read.ptr == end;
  };
  if (whole(std::from_chars(value.data(), end, integer)) && fmt::format("{}", integer) == value)
    sqlite3_bind_int64(statement, index, integer);
  else if (whole(std::from_chars(value.data(), end, real)) && std::isfinite(real) &&  // "nan" is a text.
           fmt::format("{}", real) == value)
    sqlite3_bind_double(statement, index, real);
  else
    sqlite3_bind_text64(statement, index, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void bind_parameters(sqlite3_stmt* statement, const QueryParameters& parameters) {
  std::set<std::string> used;
  for (int index = 1; index <= sqlite3_bind_parameter_count(statement); ++index) {
    const char* name = sqlite3_bind_parameter_name(statement, index);
    if (name == nullptr || *name == '?')
      throw QueryError("the query has a parameter without a name; write :NAME and give --set NAME=VALUE");
    const auto found = parameters.find(name + 1);
    if (found == parameters.end())
      throw QueryError(
          fmt::format("the query has {0}, which has no value; give --set {1}=VALUE", name, name + 1));
    bind_value(statement, index, found->second);
    used.insert(found->first);
  }
  for (const auto& [name, value] : parameters)
    if (used.count(name) == 0)
      throw QueryError(fmt::format("the query has no :{}, for which a value is given; leave that out", name));
}

/// "A row a figure and seed." of a CREATE statement whose first lines are "-- A row ...".
std::string head_comment(const std::string& sql) {
  std::istringstream lines(sql);
  std::string comment;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    const auto start = line.find_first_not_of(' ');
    if (start == std::string::npos || line.compare(start, 3, "-- ") != 0) break;
    comment += (comment.empty() ? "" : " ") + line.substr(start + 3);
  }
  return comment;
}

// SQLite compiles blanks and comments to no statement at all.
bool only_blanks(const ResultsDatabase& database, const char* sql) {
  while (*sql != '\0') {
    if (prepare(database, sql, &sql) != nullptr) return false;
  }
  return true;
}

Table describe(const SQLite::Database& connection, Described which) {
  SQLite::Statement find(
      connection,
      "SELECT name, sql FROM sqlite_master WHERE (type = 'view' OR (type = 'table' AND ?)) "
      "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC, name");
  find.bind(1, which == Described::kViewsAndTables ? 1 : 0);
  Table table{{"view or table", "what it holds"}, {}};
  while (find.executeStep())
    table.rows.push_back({find.getColumn(0).getString(), head_comment(find.getColumn(1).getString())});
  return table;
}

}  // namespace

void stream_query(const ResultsDatabase& database, const std::string& sql, RowReceiver& receiver,
                  const std::function<bool()>& should_stop, const QueryParameters& parameters) {
  if (sql.find('\0') != std::string::npos) throw QueryError("the query holds a NUL character; remove it");
  add_query_functions(database.connection().getHandle());
  const Reading guard(database.connection().getHandle(), should_stop);
  const char* rest = nullptr;
  const auto statement = prepare(database, sql.c_str(), &rest);
  if (statement == nullptr)
    throw QueryError("the query is empty; to query there are: " +
                     join_names(list_views_and_tables(database)));
  if (!only_blanks(database, rest))
    throw QueryError("a query is one statement; give the others one at a time");
  if (sqlite3_stmt_readonly(statement.get()) == 0) throw QueryError(kOnlyReading);
  bind_parameters(statement.get(), parameters);

  const int columns = sqlite3_column_count(statement.get());
  std::vector<std::string> names;
  for (int column = 0; column < columns; ++column)
    names.emplace_back(sqlite3_column_name(statement.get(), column));
  receiver.take_columns(std::move(names));
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement.get())) == SQLITE_ROW) {
    std::vector<Cell> row;
    row.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) row.push_back(read_cell(statement.get(), column));
    receiver.take_row(std::move(row));
  }
  if (code != SQLITE_DONE) fail(database, code);
}

void stream_view(const ResultsDatabase& database, const std::string& name, RowReceiver& receiver,
                 const std::function<bool()>& should_stop) {
  const auto known = list_views_and_tables(database);
  if (std::find(known.begin(), known.end(), name) == known.end())
    throw QueryError(fmt::format("no view or table '{}': {}", name, suggest_name(name, known)));
  stream_query(database, fmt::format("SELECT * FROM \"{}\"", name), receiver, should_stop);
}

Table run_query(const ResultsDatabase& database, const std::string& sql) {
  WholeTable whole;
  stream_query(database, sql, whole);
  return std::move(whole.table);
}

Table run_view(const ResultsDatabase& database, const std::string& name) {
  WholeTable whole;
  stream_view(database, name, whole);
  return std::move(whole.table);
}

std::vector<std::string> list_views_and_tables(const ResultsDatabase& database) {
  std::vector<std::string> names;
  for (const auto& row : describe_views(database, Described::kViewsAndTables).rows)
    names.push_back(std::get<std::string>(row.front()));
  return names;
}

Table describe_views(const ResultsDatabase& database, Described which) {
  return translate_database_errors(database.path(), [&] { return describe(database.connection(), which); });
}

Table describe_views_of_new_files(Described which) {
  SQLite::Database empty(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  apply_migrations(empty, schema_migrations());
  return describe(empty, which);
}

}  // namespace rraebench
