#include "reports/table_format.hpp"

#include "reports/text.hpp"
#include "rraebench/suggest.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <stdexcept>
#include <utility>

namespace rraebench {
namespace {

constexpr std::array<std::pair<const char*, TableFormat>, 4> kFormats = {
    {{"table", TableFormat::kText},
     {"csv", TableFormat::kCsv},
     {"json", TableFormat::kJson},
     {"markdown", TableFormat::kMarkdown}}};

bool is_number(const Cell& cell) {
  return std::holds_alternative<std::int64_t>(cell) || std::holds_alternative<double>(cell);
}

// NULL is empty.
std::string plain(const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return fmt::format("{}", *integer);
  if (const auto* real = std::get_if<double>(&cell)) return fmt::format("{}", *real);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return {};
}

std::string visible(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n')
      shown += "\\n";
    else if (c == '\t')
      shown += "\\t";
    else if (byte < 0x20 || byte == 0x7F)
      shown += fmt::format("\\x{:02x}", byte);
    else
      shown += c;
  }
  return clean_text(shown);
}

std::string format_text(const Table& table) {
  std::vector<std::vector<std::string>> lines;
  auto& header = lines.emplace_back();
  for (const auto& column : table.columns) header.push_back(visible(column));
  for (const auto& row : table.rows) {
    auto& line = lines.emplace_back();
    for (const auto& cell : row) line.push_back(visible(plain(cell)));
  }
  const auto columns = table.columns.size();
  std::vector<std::size_t> widths(columns, 0);
  for (const auto& line : lines)
    for (std::size_t c = 0; c < columns; ++c) widths[c] = std::max(widths[c], display_width(line[c]));
  std::vector<bool> numeric(columns, !table.rows.empty());
  for (const auto& row : table.rows)
    for (std::size_t c = 0; c < columns; ++c)
      if (!is_number(row[c]) && !std::holds_alternative<std::monostate>(row[c])) numeric[c] = false;

  std::string text;
  const auto add_line = [&](const std::function<std::string(std::size_t)>& cell) {
    std::string line;
    for (std::size_t c = 0; c < columns; ++c) line += (c == 0 ? "" : "  ") + cell(c);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    add_line([&](std::size_t c) {
      const std::string gap(widths[c] - display_width(lines[i][c]), ' ');
      return numeric[c] ? gap + lines[i][c] : lines[i][c] + gap;
    });
    if (i == 0) add_line([&](std::size_t c) { return std::string(widths[c], '-'); });
  }
  if (table.rows.empty()) text += "(no rows)\n";
  return text;
}

std::string csv_field(const std::string& text, bool is_text) {
  const bool quote = (is_text && text.empty()) || text.find_first_of(",\"\r\n") != std::string::npos ||
                     (!text.empty() && (text.front() == ' ' || text.back() == ' '));
  if (!quote) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string format_csv(const Table& table) {
  std::string csv;
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    csv += (c == 0 ? "" : ",") + csv_field(table.columns[c], true);
  csv += "\r\n";
  for (const auto& row : table.rows) {
    for (std::size_t c = 0; c < row.size(); ++c)
      csv += (c == 0 ? "" : ",") + csv_field(plain(row[c]), std::holds_alternative<std::string>(row[c]));
    csv += "\r\n";
  }
  return csv;
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

std::string format_json(const Table& table) {
  using Json = nlohmann::ordered_json;
  const auto names = distinct(table.columns);
  auto rows = Json::array();
  for (const auto& row : table.rows) {
    auto object = Json::object();
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
    rows.push_back(std::move(object));
  }
  return rows.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string format_markdown(const Table& table) {
  std::string markdown = "|";
  for (const auto& column : table.columns) markdown += " " + escape_markdown(column) + " |";
  markdown += "\n|";
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const bool numeric =
        !table.rows.empty() &&
        std::all_of(table.rows.begin(), table.rows.end(), [&](const auto& row) { return is_number(row[c]); });
    markdown += numeric ? " ---: |" : " --- |";
  }
  markdown += '\n';
  for (const auto& row : table.rows) {
    markdown += '|';
    for (const auto& cell : row) markdown += " " + escape_markdown(plain(cell)) + " |";
    markdown += '\n';
  }
  return markdown;
}

}  // namespace

TableFormat parse_table_format(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& [text, format] : kFormats) {
    if (name == text) return format;
    known.emplace_back(text);
  }
  throw std::invalid_argument("no table format '" + name + "': " + suggest_name(name, known));
}

std::string format_table(const Table& table, TableFormat format) {
  switch (format) {
    case TableFormat::kText:
      return format_text(table);
    case TableFormat::kCsv:
      return format_csv(table);
    case TableFormat::kJson:
      return format_json(table);
    case TableFormat::kMarkdown:
      return format_markdown(table);
  }
  throw std::invalid_argument("no such table format");
}

}  // namespace rraebench
