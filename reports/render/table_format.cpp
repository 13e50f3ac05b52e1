#include "reports/render/table_format.hpp"

#include "reports/text.hpp"
#include "rraebench/suggest.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>
#include <utility>

namespace rraebench {
namespace {

constexpr std::array<std::pair<const char*, TableFormat>, 4> kFormats = {
    {{"table", TableFormat::kText},
     {"csv", TableFormat::kCsv},
     {"json", TableFormat::kJson},
     {"markdown", TableFormat::kMarkdown}}};

constexpr std::size_t kMostKeptRows = 100'000;
constexpr std::size_t kMostKeptBytes = std::size_t{64} << 20;

// NULL is empty.
std::string plain(const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return fmt::format("{}", *integer);
  if (const auto* real = std::get_if<double>(&cell)) return fmt::format("{}", *real);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return {};
}

/// What a reader of CSV, and a terminal, can take.
std::string without_control_characters(std::string_view text) {
  constexpr const char* kReplacementBytes = "\xEF\xBF\xBD";
  std::string clean;
  for (const char c : text) {
    const bool control =
        (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F;
    if (control)
      clean += kReplacementBytes;
    else
      clean += c;
  }
  return valid_utf8(clean);
}

std::string csv_field(const std::string& raw, bool is_text) {
  auto text = without_control_characters(raw);
  const bool quote = (is_text && text.empty()) || text.find_first_of(",\"\r\n") != std::string::npos ||
                     (!text.empty() && (text.front() == ' ' || text.back() == ' '));
  if (!quote) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

void write_csv_header(std::ostream& out, const std::vector<std::string>& columns) {
  for (std::size_t c = 0; c < columns.size(); ++c) out << (c == 0 ? "" : ",") << csv_field(columns[c], true);
  out << "\r\n";
}

void write_csv_row(std::ostream& out, const std::vector<Cell>& row) {
  for (std::size_t c = 0; c < row.size(); ++c)
    out << (c == 0 ? "" : ",") << csv_field(plain(row[c]), std::holds_alternative<std::string>(row[c]));
  out << "\r\n";
}

std::vector<std::string> distinct(const std::vector<std::string>& names) {
  std::vector<std::string> result;
  for (const auto& name : names) {
    auto candidate = name;
    for (int number = 2; std::find(result.begin(), result.end(), candidate) != result.end(); ++number)
      candidate = fmt::format("{}_{}", name, number);
    result.push_back(candidate);
  }
  return result;
}

void write_json_row(std::ostream& out, const std::vector<std::string>& names, const std::vector<Cell>& row) {
  auto object = nlohmann::ordered_json::object();
  for (std::size_t c = 0; c < row.size(); ++c) {
    if (const auto* integer = std::get_if<std::int64_t>(&row[c]))
      object[names[c]] = *integer;
    else if (const auto* real = std::get_if<double>(&row[c]))
      object[names[c]] = *real;  // Written as null where JSON has no such number.
    else if (const auto* text = std::get_if<std::string>(&row[c]))
      object[names[c]] = *text;
    else
      object[names[c]] = nullptr;
  }
  // A newline in a dump is never part of a text.
  for (const char c : object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)) {
    out << c;
    if (c == '\n') out << "  ";
  }
}

void write_markdown(std::ostream& out, const Table& table) {
  out << '|';
  for (const auto& column : table.columns) out << ' ' << escape_markdown(column) << " |";
  out << "\n|";
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const bool numeric =
        !table.rows.empty() &&
        std::all_of(table.rows.begin(), table.rows.end(), [&](const auto& row) { return is_number(row[c]); });
    out << (numeric ? " ---: |" : " --- |");
  }
  out << '\n';
  for (const auto& row : table.rows) {
    out << '|';
    for (const auto& cell : row) out << ' ' << escape_markdown(plain(cell)) << " |";
    out << '\n';
  }
}

std::size_t bytes_of(const Cell& cell) {
  const auto* text = std::get_if<std::string>(&cell);
  return sizeof(Cell) + (text == nullptr ? 0 : text->size());
}

}  // namespace

TableFormat parse_table_format(const std::string& name, std::vector<std::string> besides) {
  auto known = std::move(besides);
  for (const auto& [text, format] : kFormats) {
    if (name == text) return format;
    known.emplace_back(text);
  }
  throw std::invalid_argument("no table format '" + name + "': " + suggest_name(name, known));
}

std::string format_table(const Table& table, TableFormat format, const TextLayout& layout) {
  std::ostringstream text;
  if (format == TableFormat::kText) {
    write_text_table(text, table, layout);
  } else if (format == TableFormat::kMarkdown) {
    write_markdown(text, table);
  } else {
    TableWriter writer(text, format);
    writer.take_columns(table.columns);
    for (const auto& row : table.rows) writer.take_row(row);
    writer.finish();
  }
  return text.str();
}

void TableWriter::take_columns(std::vector<std::string> names) {
  if (format_ == TableFormat::kCsv) write_csv_header(out_, names);
  if (format_ == TableFormat::kJson) out_ << '[';
  table_.columns = format_ == TableFormat::kJson ? distinct(names) : std::move(names);
}

void TableWriter::take_row(std::vector<Cell> row) {
  if (format_ == TableFormat::kCsv) {
    write_csv_row(out_, row);
    flush_now_and_then();
  } else if (format_ == TableFormat::kJson) {
    out_ << (rows_ == 0 ? "\n  " : ",\n  ");
    write_json_row(out_, table_.columns, row);
    flush_now_and_then();
  } else {
    keep(std::move(row));
  }
  ++rows_;
}

void TableWriter::finish() {
  if (format_ == TableFormat::kText) write_text_table(out_, table_, layout_);
  if (format_ == TableFormat::kMarkdown) write_markdown(out_, table_);
  if (format_ == TableFormat::kJson) out_ << (rows_ == 0 ? "]\n" : "\n]\n");
}

void TableWriter::keep(std::vector<Cell> row) {
  for (const auto& cell : row) kept_bytes_ += bytes_of(cell);
  const auto remedy = ": add LIMIT to the query, or take --format csv or json, which write rows as they come";
  if (rows_ >= kMostKeptRows) throw TableTooLarge(fmt::format("more than {} rows{}", kMostKeptRows, remedy));
  if (kept_bytes_ > kMostKeptBytes)
    throw TableTooLarge(fmt::format("more than {} MB of rows{}", kMostKeptBytes >> 20, remedy));
  table_.rows.push_back(std::move(row));
}

// Rows that are found slowly are seen when they are found.
void TableWriter::flush_now_and_then() {
  const auto now = std::chrono::steady_clock::now();
  if (now - flushed_ < std::chrono::milliseconds(100)) return;
  flushed_ = now;
  out_.flush();
}

}  // namespace rraebench
