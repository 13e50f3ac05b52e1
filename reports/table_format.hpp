#pragma once
// Implements: a table as aligned text, CSV, JSON or Markdown.

#include "reports/table.hpp"

#include <string>

namespace rraebench {

enum class TableFormat { kText, kCsv, kJson, kMarkdown };

/// "table", "csv", "json" or "markdown". Throws std::invalid_argument naming the nearest.
TableFormat parse_table_format(const std::string& name);

/// Ends with a newline. Numbers are the shortest that read back the same.
/// Text: columns aligned, numbers to the right, NULL blank, control characters made visible.
/// CSV: RFC 4180, with a header line, lines ended by CR LF; NULL is an empty field, an empty text is "".
/// JSON: an array of objects, one a row; NULL, NaN and infinities are null; a column name that comes again
/// gets a number. Markdown: a table whose cells are escaped.
std::string format_table(const Table& table, TableFormat format);

}  // namespace rraebench
