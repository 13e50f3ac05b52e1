#include "reports/render/text_table.hpp"

#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rraebench {
namespace {

constexpr std::size_t kLongestCell = 1000;
constexpr std::size_t kGap = 2;         // Between two columns.
constexpr std::size_t kNarrowest = 12;  // Texts are not wrapped into less.

using Line = std::vector<std::string>;

std::string visible(std::string_view text) {
  std::string shown;
  for (const char c : text.substr(0, 4 * kLongestCell + 1)) {  // Of a cell of megabytes, no copy of all.
    if (c == '\n')
      shown += "\\n";
    else if (c == '\t')
      shown += "\\t";
    else
      shown += c;
  }
  return printable(shown, kLongestCell);
}

std::string shown_cell(const Cell& cell, int digits) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return fmt::format("{}", *integer);
  if (const auto* real = std::get_if<double>(&cell))
    return digits > 0 ? fmt::format("{:.{}g}", *real, digits) : fmt::format("{}", *real);
  if (const auto* text = std::get_if<std::string>(&cell)) return visible(*text);
  return {};
}

/// The table as text, and which columns are numbers.
struct Grid {
  Line names;
  std::vector<Line> rows;
  std::vector<bool> numeric;

  std::size_t columns() const { return names.size(); }
};

Grid grid_of(const Table& table, int digits) {
  Grid grid;
  for (const auto& name : table.columns) grid.names.push_back(visible(name));
  grid.numeric.assign(table.columns.size(), !table.rows.empty());
  for (const auto& row : table.rows) {
    auto& line = grid.rows.emplace_back();
    for (std::size_t c = 0; c < row.size(); ++c) {
      line.push_back(shown_cell(row[c], digits));
      if (!is_number(row[c]) && !std::holds_alternative<std::monostate>(row[c])) grid.numeric[c] = false;
    }
  }
  return grid;
}

std::vector<std::size_t> natural_widths(const Grid& grid) {
  std::vector<std::size_t> widths;
  for (const auto& name : grid.names) widths.push_back(display_width(name));
  for (const auto& row : grid.rows)
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], display_width(row[c]));
  return widths;
}

std::size_t total(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), std::size_t{0}) +
         kGap * (widths.empty() ? 0 : widths.size() - 1);
}

void erase_column(Grid& grid, std::size_t c) {
  const auto at = static_cast<std::ptrdiff_t>(c);
  grid.names.erase(grid.names.begin() + at);
  grid.numeric.erase(grid.numeric.begin() + at);
  for (auto& row : grid.rows) row.erase(row.begin() + at);
}

/// Takes out the columns that are the same in every row; gives "suite: quick, split: test".
std::string take_constants(Grid& grid) {
  std::string constants;
  for (std::size_t c = grid.columns(); c-- > 0;) {
    const bool same = std::all_of(grid.rows.begin(), grid.rows.end(),
                                  [&](const Line& row) { return row[c] == grid.rows.front()[c]; });
    if (!same || grid.columns() == 1) continue;
    if (const auto& value = grid.rows.front()[c]; !value.empty())
      constants = grid.names[c] + ": " + value + (constants.empty() ? "" : ", ") + constants;
    erase_column(grid, c);
  }
  return constants;
}

/// Makes the widest texts narrower until the table fits, or returns false.
bool narrow(const Grid& grid, std::vector<std::size_t>& widths, std::size_t width) {
  while (total(widths) > width) {
    std::size_t widest = grid.columns();
    for (std::size_t c = 0; c < grid.columns(); ++c)
      if (!grid.numeric[c] && widths[c] > std::max(kNarrowest, display_width(grid.names[c])) &&
          (widest == grid.columns() || widths[c] > widths[widest]))
        widest = c;
    if (widest == grid.columns()) return false;
    --widths[widest];
  }
  return true;
}

struct FittedGrid {
  Grid grid;
  std::vector<std::size_t> widths;
  std::string left_out;  // "model, maximum"
};

/// Narrower, and without as many of the expendable columns as needed; nothing where that is not enough.
std::optional<FittedGrid> fit(const Grid& grid, const TextLayout& layout) {
  FittedGrid fitted{grid, natural_widths(grid), {}};
  auto next = layout.expendable.begin();
  while (!narrow(fitted.grid, fitted.widths, layout.width)) {
    const auto& names = fitted.grid.names;
    const auto is_there = [&](const std::string& name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    next = std::find_if(next, layout.expendable.end(), is_there);
    if (next == layout.expendable.end()) return std::nullopt;
    fitted.left_out += (fitted.left_out.empty() ? "" : ", ") + *next;
    erase_column(fitted.grid,
                 static_cast<std::size_t>(std::find(names.begin(), names.end(), *next) - names.begin()));
    fitted.widths = natural_widths(fitted.grid);
  }
  return fitted;
}

/// Lines of at most `width` columns, broken at blanks where there are any.
std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (display_width(text) > width) {
    auto line = cut_to_width(text, width);
    if (line.empty()) break;  // One character is wider than the column.
    if (text[line.size()] != ' ')
      if (const auto blank = line.rfind(' '); blank != std::string::npos && blank > 0) line.resize(blank);
    lines.push_back(line);
    text.remove_prefix(line.size());
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }
  lines.emplace_back(text);
  return lines;
}

void write_row(std::ostream& out, const Line& cells, const std::vector<std::size_t>& widths,
               const std::vector<bool>& numeric) {
  std::vector<std::vector<std::string>> parts;
  std::size_t height = 1;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    parts.push_back(wrapped(cells[c], widths[c]));
    height = std::max(height, parts.back().size());
  }
  for (std::size_t i = 0; i < height; ++i) {
    std::string line;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      const auto text = i < parts[c].size() ? parts[c][i] : std::string();
      const std::string gap(widths[c] - std::min(widths[c], display_width(text)), ' ');
      line += (c == 0 ? "" : std::string(kGap, ' ')) + (numeric[c] ? gap + text : text + gap);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

void write_grid(std::ostream& out, const Grid& grid, const std::vector<std::size_t>& widths) {
  write_row(out, grid.names, widths, grid.numeric);
  Line rule;
  for (const auto width : widths) rule.emplace_back(width, '-');
  write_row(out, rule, widths, grid.numeric);
  for (const auto& row : grid.rows) write_row(out, row, widths, grid.numeric);
}

/// A value a line, a blank line between two rows.
void write_blocks(std::ostream& out, const Grid& grid, std::size_t width) {
  std::size_t name_width = 0;
  for (const auto& name : grid.names) name_width = std::max(name_width, display_width(name));
  name_width = std::min(name_width, width / 2);
  const std::size_t value_width = std::max(kNarrowest, width - std::min(width, name_width + kGap));
  const std::vector<bool> texts = {false, false};
  for (std::size_t i = 0; i < grid.rows.size(); ++i) {
    if (i > 0) out << '\n';
    for (std::size_t c = 0; c < grid.columns(); ++c)
      if (!grid.rows[i][c].empty())
        write_row(out, {grid.names[c], grid.rows[i][c]}, {name_width, value_width}, texts);
  }
}

}  // namespace

void write_text_table(std::ostream& out, const Table& table, const TextLayout& layout) {
  auto grid = grid_of(table, layout.digits);
  const auto widths = natural_widths(grid);
  if (grid.rows.empty()) {
    write_grid(out, grid, widths);
    out << "(no rows)\n";
    return;
  }
  if (layout.width == 0 || total(widths) <= layout.width) return write_grid(out, grid, widths);
  const auto say = [&](const std::string& what) {
    for (const auto& line : wrapped(what, layout.width)) out << line << '\n';
  };
  const auto constants = grid.rows.size() > 1 ? take_constants(grid) : std::string();
  if (!constants.empty()) say("every row has " + constants);
  const auto fitted = fit(grid, layout);
  if (fitted && !fitted->left_out.empty()) say("left out for want of room: " + fitted->left_out);
  if (!constants.empty() || (fitted && !fitted->left_out.empty())) out << '\n';
  if (fitted)
    write_grid(out, fitted->grid, fitted->widths);
  else
    write_blocks(out, grid, layout.width);
}

}  // namespace rraebench
