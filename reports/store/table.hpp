#pragma once
// Implements: a table of plain values, whole or row by row, as a query gives it and a format prints it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace rraebench {

/// NULL, an integer, a real number or text.
using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;

inline bool is_number(const Cell& cell) {
  return std::holds_alternative<std::int64_t>(cell) || std::holds_alternative<double>(cell);
}

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;  // Each as long as `columns`.
};

/// Where the column of that name stands; their number where there is none.
inline std::size_t column_of(const Table& table, const std::string& name) {
  return static_cast<std::size_t>(std::find(table.columns.begin(), table.columns.end(), name) -
                                  table.columns.begin());
}

/// Takes a table as it comes: the names of its columns, once, then its rows.
class RowReceiver {
 public:
  RowReceiver() = default;
  virtual ~RowReceiver() = default;
  RowReceiver(const RowReceiver&) = delete;
  RowReceiver& operator=(const RowReceiver&) = delete;

  virtual void take_columns(std::vector<std::string> names) = 0;
  virtual void take_row(std::vector<Cell> row) = 0;
};

}  // namespace rraebench
