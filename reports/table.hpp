#pragma once
// Implements: a table of plain values, as a query gives it and a format prints it.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace rraebench {

/// NULL, an integer, a real number or text.
using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;  // Each as long as `columns`.
};

}  // namespace rraebench
