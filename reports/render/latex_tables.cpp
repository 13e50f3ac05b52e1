#include "reports/render/latex_tables.hpp"

#include "reports/render/figure_format.hpp"
#include "reports/render/glossary.hpp"
#include "reports/render/report_words.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

namespace rraebench {
namespace {

constexpr std::size_t kPageWidth = 96;  // In characters of a table, which then fits a page.
constexpr std::size_t kColumnGap = 3;
constexpr const char* kMarks =
    "Bold: the best mean; underlined: what follows it up to the first mean that is told from it";

/// Of every table, so that each can be \input alone; a paper's own definitions count.
constexpr const char* kMarkCommands = R"tex(\providecommand{\best}[1]{{\bfseries #1}}
\providecommand{\alike}[1]{\underline{#1}}
)tex";

/// As siunitx reads numbers: "1.234 \pm 0.012e-07".
std::string siunitx_number(std::string mean, std::string spread) {
  const auto plain = [](std::string text) {
    for (const auto& [from, to] : {std::pair<std::string, std::string>{"−", "-"}, {"\u202f", ""}})
      for (auto at = text.find(from); at != std::string::npos; at = text.find(from))
        text.replace(at, from.size(), to);
    return text;
  };
  mean = plain(mean);
  spread = plain(spread);
  const bool apart = (mean.find('e') == std::string::npos) != (spread.find('e') == std::string::npos);
  if (apart && !spread.empty()) return "\\num{" + mean + "} $\\pm$ \\num{" + spread + "}";
  std::string exponent;
  if (const auto e = mean.find('e'); e != std::string::npos) {
    exponent = mean.substr(e);
    mean.resize(e);
    if (const auto own = spread.find('e'); own != std::string::npos) spread.resize(own);
  }
  return "\\num{" + mean + (spread.empty() ? "" : " \\pm " + spread) + exponent + "}";
}

std::string latex_cell(const MetricCell& cell, const PrintedFigure& figure, const RunTally& tally) {
  if (cell.summary.count == 0) return "\\emph{" + escape_latex(describe_absence(cell, tally)) + "}";
  const bool digits = figure.mean.find_first_of("0123456789") != std::string::npos;
  auto text = digits ? siunitx_number(figure.mean, figure.spread) : escape_latex(figure.mean);
  if (cell.mark == Mark::kLeads) text = "\\best{" + text + "}";
  if (cell.mark == Mark::kAlike) text = "\\alike{" + text + "}";
  if (const auto exception = describe_exception(cell, tally); !exception.empty())
    text += " {\\footnotesize(" + escape_latex(exception) + ")}";
  return text;
}

/// Cut behind commas, but not within parentheses, into lines of some length.
void add_lines(std::vector<std::string>& lines, const std::string& words) {
  constexpr std::size_t kLong = 16;
  std::string line;
  int depth = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    depth += words[i] == '(' ? 1 : words[i] == ')' ? -1 : 0;
    const bool between = words[i] == ' ' && i > 0 && words[i - 1] == ',' && depth == 0;
    if (between && words.size() > kLong) {
      lines.push_back(line);
      line.clear();
    } else {
      line += words[i];
    }
  }
  if (!line.empty()) lines.push_back(line);
}

/// "train · 100 samples": a line each, of a column's head.
void add_parts(std::vector<std::string>& lines, std::string words) {
  const std::string between = " · ";
  for (auto at = words.find(between); at != std::string::npos; at = words.find(between)) {
    add_lines(lines, words.substr(0, at));
    words.erase(0, at + between.size());
  }
  add_lines(lines, words);
}

/// Title, direction and unit, then what kind of figure it is.
std::vector<std::string> head_lines(const MetricColumn& column, const std::string& basis) {
  std::vector<std::string> lines = {metric_title(column.name) +
                                    (column.better.empty() ? "" : " " + better_arrow(column.better)) +
                                    (column.unit.empty() ? "" : " [" + column.unit + "]")};
  add_parts(lines, column_kind(column));
  add_parts(lines, basis);
  return lines;
}

using PrintedTable = std::vector<std::vector<PrintedFigure>>;

/// In characters, about.
std::size_t width_of_column(const MetricTable& table, const PrintedTable& printed,
                            const Comparison& comparison, std::size_t column, const std::string& basis) {
  std::size_t width = 0;
  for (const auto& line : head_lines(table.columns[column], basis))
    width = std::max(width, display_width(line));
  for (std::size_t label = 0; label < printed.size(); ++label) {
    const auto& cell = table.cells[label][column];
    const auto& tally = comparison.labels[label].tally;
    const auto& figure = printed[label][column];
    auto own = display_width(figure.mean);
    if (!figure.spread.empty()) own += kColumnGap + display_width(figure.spread);
    if (cell.summary.count == 0) own = display_width(describe_absence(cell, tally));
    if (const auto exception = describe_exception(cell, tally); !exception.empty())
      own += display_width(exception) + kColumnGap;
    width = std::max(width, own);
  }
  return width + kColumnGap;
}

/// Before which columns a table is cut so that each part fits a page, and where it ends.
std::vector<std::size_t> cuts_of(const MetricTable& table, const PrintedTable& printed,
                                 const Comparison& comparison) {
  std::size_t labels = 0;
  for (const auto& label : comparison.labels) labels = std::max(labels, display_width(label.label));
  constexpr std::size_t kCount = 8;  // "3 of 10"
  const auto basis = basis_of(table);
  std::vector<std::size_t> cuts = {0};
  auto used = labels + kCount;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    const auto width = width_of_column(table, printed, comparison, column, basis.own[column]);
    if (used + width > kPageWidth && column > cuts.back()) {
      cuts.push_back(column);
      used = labels + kCount;
    }
    used += width;
  }
  if (table.columns.size() > cuts.back()) cuts.push_back(table.columns.size());
  return cuts;
}

std::string tabular(const MetricTable& table, const PrintedTable& printed, const Comparison& comparison,
                    std::size_t first, std::size_t last) {
  const auto basis = basis_of(table);
  auto latex = fmt::format("\\begin{{tabular}}{{lr*{{{}}}{{r}}}}\n\\toprule\n", last - first);
  std::vector<std::vector<std::string>> heads;
  std::size_t height = 1;
  for (auto column = first; column < last; ++column) {
    heads.push_back(head_lines(table.columns[column], basis.own[column]));
    height = std::max(height, heads.back().size());
  }
  for (std::size_t line = 0; line < height; ++line) {
    latex += line == 0 ? "Model & $n$" : " & ";
    for (const auto& head : heads)
      latex += fmt::format(" & \\multicolumn{{1}}{{c}}{{{}}}",
                           line < head.size() ? escape_latex(head[line]) : std::string());
    latex += " \\\\\n";
  }
  latex += "\\midrule\n";
  for (std::size_t label = 0; label < comparison.labels.size(); ++label) {
    const auto& summary = comparison.labels[label];
    latex += text_at_start(summary.label) +
             (summary.tally.ok == summary.tally.expected
                  ? fmt::format(" & {}", summary.tally.ok)
                  : fmt::format(" & {} of {}", summary.tally.ok, summary.tally.expected));
    for (auto column = first; column < last; ++column)
      latex += " & " + latex_cell(table.cells[label][column], printed[label][column], summary.tally);
    latex += " \\\\\n";
  }
  return latex + "\\bottomrule\n\\end{tabular}\n";
}

std::string caption(const MetricTable& table, const std::string& basis, const Comparison& comparison,
                    const ReportOptions& options, std::size_t first, std::size_t last) {
  auto text = fmt::format("{} on {} ({}). {}", protocol_title(table.protocol), comparison.dataset,
                          comparison.name, describe_figures(options.interval));
  if (!basis.empty()) text += " All with " + basis + ".";
  for (const auto& sentence : describe_marks(table, kMarks, first, last)) text += " " + sentence;
  return escape_latex(text);
}

constexpr std::size_t kRowsOfAPage = 25;  // Of two lines each.

std::string row_of(const PublishedComparison& entry) {
  const auto printed = print_published(entry);
  const auto ours = printed.ours.empty() ? std::string("\\emph{not measured}")
                                         : escape_latex(printed.ours) + " {\\footnotesize(" +
                                               escape_latex(printed.count) + ")}";
  return fmt::format("{} & {} & {} & {} & {} \\\\\n", text_at_start(entry.label),
                     escape_latex(column_words(entry.column, column_basis(entry.column))),
                     escape_latex(printed.published), ours,
                     printed.gap.empty() ? "--" : escape_latex(printed.gap));
}

using Entries = std::vector<PublishedComparison>;

std::string published_tabular(Entries::const_iterator first, Entries::const_iterator last) {
  std::string latex =
      "\\begin{tabular}{lp{0.27\\linewidth}rp{0.24\\linewidth}r}\n\\toprule\n"
      "Model & Figure & Published & Ours & Gap \\\\\n\\midrule\n";
  for (auto entry = first; entry != last; ++entry) latex += row_of(*entry);
  return latex + "\\bottomrule\n\\end{tabular}\n";
}

std::string published_caption(const Comparison& comparison, Entries::const_iterator first,
                              Entries::const_iterator last) {
  std::set<std::string> sources;
  for (auto entry = first; entry != last; ++entry) sources.insert(entry->source);
  return escape_latex(fmt::format(
      "Published and ours on {} ({}). Ours: means over seeds ± sample standard deviation. Published: {}.",
      comparison.dataset, comparison.name, fmt::join(sources, "; ")));
}

std::string table_float(const std::string& words, const std::string& name) {
  return fmt::format(
      "\\begin{{table}}[htbp]\n\\centering\\small\n\\caption{{{0}}}\n\\label{{tab:{1}}}\n"
      "\\input{{tables/{1}}}\n\\end{{table}}\n",
      words, name);
}

}  // namespace

std::string text_at_start(const std::string& text) {
  return "{}" + escape_latex(text);
}

std::string add_table(std::vector<ReportFile>& files, FileNames& names, const MetricTable& whole,
                      const Comparison& comparison, const ReportOptions& options) {
  std::string floats;
  const auto shown = shown_table(whole);
  const auto& table = shown.table;
  const auto printed = print_table(table, options.interval);
  const auto cuts = cuts_of(table, printed, comparison);
  for (std::size_t part = 0; part + 1 < cuts.size(); ++part) {
    const auto first = cuts[part];
    const auto last = cuts[part + 1];
    const auto name = names.take({comparison.suite, comparison.name, table.protocol});
    const auto words = caption(table, shown.basis.common, comparison, options, first, last);
    files.push_back({"tables/" + name + ".tex",
                     fmt::format("% Written by rraebench {}. Needs booktabs and siunitx.\n% {}\n{}{}",
                                 options.program_version, words, kMarkCommands,
                                 tabular(table, printed, comparison, first, last))});
    floats += table_float(words, name);
  }
  return floats;
}

std::string add_published(std::vector<ReportFile>& files, FileNames& names, const Comparison& comparison,
                          const ReportOptions& options) {
  std::string floats;
  const auto& all = comparison.published;
  for (std::size_t begin = 0; begin < all.size(); begin += kRowsOfAPage) {
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = all.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kRowsOfAPage, all.size()));
    const auto name = names.take({comparison.suite, comparison.name, "published"});
    const auto words = published_caption(comparison, first, last);
    files.push_back({"tables/" + name + ".tex",
                     fmt::format("% Written by rraebench {}. Needs booktabs.\n% {}\n{}",
                                 options.program_version, words, published_tabular(first, last))});
    floats += table_float(words, name);
  }
  return floats;
}

}  // namespace rraebench
