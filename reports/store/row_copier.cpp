#include "reports/store/row_copier.hpp"

namespace rraebench {
namespace {

/// Reports show figures and pictures in the order in which they were stored; without one, rows come as some
/// index has them.
std::string stored_order(const SQLite::Database& database, const std::string& table) {
  SQLite::Statement info(database, "SELECT 1 FROM pragma_table_info(?) WHERE name = 'id'");
  info.bind(1, table);
  return info.executeStep() ? " ORDER BY id" : "";
}

}  // namespace

Columns columns_of(const SQLite::Database& database, const std::string& table) {
  SQLite::Statement info(database, "SELECT name FROM pragma_table_info(?) WHERE name <> 'id' ORDER BY cid");
  info.bind(1, table);
  Columns columns;
  while (info.executeStep()) columns.push_back(info.getColumn(0).getString());
  return columns;
}

std::string joined_columns(const Columns& columns, const std::string& separator, const std::string& suffix) {
  std::string text;
  for (const auto& column : columns) text += (text.empty() ? "" : separator) + column + suffix;
  return text;
}

std::string insertion(const std::string& verb, const std::string& table, const Columns& columns) {
  std::string places;
  for (std::size_t i = 0; i < columns.size(); ++i) places += i == 0 ? "?" : ",?";
  return verb + " INTO " + table + " (" + joined_columns(columns, ", ") + ") VALUES (" + places + ")";
}

void bind_column(SQLite::Statement& statement, int index, const SQLite::Column& value) {
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

void bind_columns(SQLite::Statement& statement, SQLite::Statement& row, std::size_t count) {
  for (int i = 0; i < static_cast<int>(count); ++i) bind_column(statement, i + 1, row.getColumn(i));
}

RowCopier::RowCopier(SQLite::Database& into, const SQLite::Database& from, const std::string& table,
                     const std::string& key)
    : columns_(columns_of(from, table)),
      read_(from, "SELECT " + joined_columns(columns_, ", ") + " FROM " + table + " WHERE " + key + " = ?" +
                      stored_order(from, table)),
      write_(into, insertion("INSERT", table, columns_)) {}

}  // namespace rraebench
