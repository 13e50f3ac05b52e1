#pragma once
// Implements: a table as aligned text that fits a window.

#include "reports/store/table.hpp"

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

namespace rraebench {

struct TextLayout {
  std::size_t width = 0;  // Columns of the window; 0: as wide as the table is.
  int digits = 0;         // Significant digits of real numbers; 0: the fewest that read back the same.
  std::vector<std::string> expendable =
      {};  // Columns that may be missing, those first that are missed least.
};

/// Columns aligned, numbers to the right, NULL blank, control characters made visible, cells cut at 1000
/// characters. What does not fit `width` first loses the columns that are the same in every row, which are
/// said above; then long texts go on in further lines; then expendable columns are left out, which is said
/// above, too; where none is left, each row is a block of lines, a value each.
void write_text_table(std::ostream& out, const Table& table, const TextLayout& layout = {});

}  // namespace rraebench
