#pragma once
// Implements: rows of a query as plain values, each column read into what it is assigned to.

#include "reports/store/database.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

/// Reads the columns of a row one after the other.
class Row {
 public:
  explicit Row(SQLite::Statement& statement) : statement_(statement) {}

  void read(std::string& value) { value = next().getString(); }
  void read(std::int64_t& value) { value = next().getInt64(); }
  void read(int& value) { value = next().getInt(); }
  void read(bool& value) { value = next().getInt() != 0; }
  void read(double& value) {  // Not a number for NULL.
    const auto column = next();
    value = column.isNull() ? std::nan("") : column.getDouble();
  }
  void read(RunStatus& value) { value = parse_run_status(next().getString()); }
  void read(Fault& value) {
    if (const auto name = next().getString(); !name.empty()) value = parse_fault(name);
  }
  template <typename T>
  void read(std::optional<T>& value) {
    if (statement_.getColumn(index_).isNull())
      ++index_;
    else
      read(value.emplace());
  }

  /// As many columns as there are values, in their order.
  template <typename... Values>
  void into(Values&... values) {
    (read(values), ...);
  }

 private:
  SQLite::Column next() { return statement_.getColumn(index_++); }

  SQLite::Statement& statement_;
  int index_ = 0;
};

/// Calls `take(Row&)` at each row of `sql`, whose places are bound to `parameters` in their order.
template <typename Take, typename... Parameters>
void for_each_row(const ResultsDatabase& database, const std::string& sql, Take take,
                  const Parameters&... parameters) {
  translate_database_errors(database.path(), [&] {
    SQLite::Statement statement(database.connection(), sql);
    [[maybe_unused]] int place = 0;
    (statement.bind(++place, parameters), ...);
    while (statement.executeStep()) {
      Row row(statement);
      take(row);
    }
  });
}

}  // namespace rraebench
