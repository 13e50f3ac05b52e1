#pragma once
// Implements: a table, whole or row by row, as aligned text, CSV, JSON or Markdown.

#include "reports/render/text_table.hpp"
#include "reports/store/table.hpp"

#include <chrono>
#include <cstddef>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace rraebench {

enum class TableFormat { kText, kCsv, kJson, kMarkdown };

/// "table", "csv", "json" or "markdown". Throws std::invalid_argument naming the nearest of these and of
/// what the caller knows `besides`.
TableFormat parse_table_format(const std::string& name, std::vector<std::string> besides = {});

/// Ends with a newline. Numbers are the shortest that read back the same.
/// Text: see write_text_table(). CSV: RFC 4180, with a header line, lines ended by CR LF; NULL is an empty
/// field, an empty text is ""; control characters and bytes that are no UTF-8 are U+FFFD. JSON: an array of
/// objects, one a row; NULL, NaN and infinities are null; a column name that comes again gets a number.
/// Markdown: a table whose cells are escaped.
std::string format_table(const Table& table, TableFormat format, const TextLayout& layout = {});

/// More than fits where all rows are needed before the first can be written.
class TableTooLarge : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// format_table() of rows that come one by one. CSV and JSON are written as they come; text and Markdown need
/// all rows, and are written by finish().
class TableWriter : public RowReceiver {
 public:
  TableWriter(std::ostream& out, TableFormat format, const TextLayout& layout = {})
      : out_(out), format_(format), layout_(layout) {}

  void take_columns(std::vector<std::string> names) override;
  /// Throws TableTooLarge, only for text and Markdown, above a hundred thousand rows or 64 MB.
  void take_row(std::vector<Cell> row) override;
  /// Call once, after the last row.
  void finish();

 private:
  void keep(std::vector<Cell> row);
  void flush_now_and_then();

  std::ostream& out_;
  TableFormat format_;
  TextLayout layout_;
  Table table_;  // Only its columns where rows are written as they come.
  std::size_t rows_ = 0;
  std::size_t kept_bytes_ = 0;
  std::chrono::steady_clock::time_point flushed_ = std::chrono::steady_clock::now();
};

}  // namespace rraebench
