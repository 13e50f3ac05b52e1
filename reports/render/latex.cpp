#include "reports/render/latex.hpp"

#include "reports/render/claim_words.hpp"
#include "reports/render/figure_format.hpp"
#include "reports/render/glossary.hpp"
#include "reports/render/known_works.hpp"
#include "reports/render/latex_figures.hpp"
#include "reports/render/pgfplots.hpp"
#include "reports/render/report_words.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace rraebench {
namespace {

constexpr std::size_t kPageWidth = 96;  // In characters of a table, which then fits a page.
constexpr std::size_t kColumnGap = 3;
constexpr const char* kMarks =
    "Bold: the best mean; underlined: what follows it up to the first mean that is told from it";

constexpr const char* kPreamble = R"tex(\documentclass{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\usepackage[margin=2cm]{geometry}
\usepackage{textcomp}
\usepackage{booktabs}
\usepackage{siunitx}
\usepackage{pgfplots}
\pgfplotsset{compat=1.16}
\sisetup{separate-uncertainty=true, detect-weight=true, detect-family=true}
)tex";

/// Of every table, so that each can be \input alone; a paper's own definitions count.
constexpr const char* kMarkCommands = R"tex(\providecommand{\best}[1]{{\bfseries #1}}
\providecommand{\alike}[1]{\underline{#1}}
)tex";

/// Without the stop at its end, which the caller sets.
std::string without_stop(std::string sentence) {
  while (!sentence.empty() && sentence.back() == '.') sentence.pop_back();
  return sentence;
}

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

/// LaTeX takes [...] or * after a row's or an item's beginning for a part of the command before it.
std::string text_at_start(const std::string& text) {
  return "{}" + escape_latex(text);
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

std::string caption(const MetricTable& table, const Comparison& comparison, const ReportOptions& options,
                    std::size_t first, std::size_t last) {
  auto text = fmt::format("{} on {} ({}). {}", protocol_title(table.protocol), comparison.dataset,
                          comparison.name, describe_figures(options.interval));
  if (const auto basis = basis_of(table).common; !basis.empty()) text += " All with " + basis + ".";
  for (const auto& sentence : describe_marks(table, kMarks, first, last)) text += " " + sentence;
  return escape_latex(text);
}

/// Adds the table's files and returns the floats that show them.
std::string add_table(std::vector<ReportFile>& files, FileNames& names, const MetricTable& table,
                      const Comparison& comparison, const ReportOptions& options) {
  std::string floats;
  const auto printed = print_table(table, options.interval);
  const auto cuts = cuts_of(table, printed, comparison);
  for (std::size_t part = 0; part + 1 < cuts.size(); ++part) {
    const auto first = cuts[part];
    const auto last = cuts[part + 1];
    const auto name = names.take({comparison.suite, comparison.name, table.protocol});
    const auto words = caption(table, comparison, options, first, last);
    files.push_back({"tables/" + name + ".tex",
                     fmt::format("% Written by rraebench {}. Needs booktabs and siunitx.\n% {}\n{}{}",
                                 options.program_version, words, kMarkCommands,
                                 tabular(table, printed, comparison, first, last))});
    floats += fmt::format(
        "\\begin{{table}}[htbp]\n\\centering\\small\n\\caption{{{0}}}\n\\label{{tab:{1}}}\n"
        "\\input{{tables/{1}}}\n\\end{{table}}\n",
        words, name);
  }
  return floats;
}

std::string claims_section(const ComparisonReport& report) {
  if (report.claims.empty()) return {};
  std::string latex = "\\section{Claims}\n\\begin{itemize}\n";
  for (const auto& decided : report.claims)
    latex += fmt::format("\\item {} \\textbf{{{}}}: {}. {}.\n", text_at_start(decided.claim.text),
                         claim_outcome_name(decided.outcome), escape_latex(describe_evidence(decided)),
                         escape_latex(describe_claim_figure(decided) +
                                      (decided.claim.source.empty() ? "" : "; " + decided.claim.source)));
  return latex + "\\end{itemize}\n";
}

/// Keys of references by what they refer to.
using Keys = std::map<std::string, std::string>;

std::string model_key(const LabelSummary& label) {
  return "model-" + label.model;
}

std::string bibliography(const ComparisonReport& report, Keys& keys) {
  std::string bib = "% Written by rraebench; what models and metrics say of their origin.\n";
  FileNames names;  // Plain words, too.
  std::set<std::string> there;
  const auto add = [&](const std::string& key, const std::string& title, const std::string& note) {
    if (note.empty() || keys.count(key) > 0) return;
    // "arc-chord ratio" is no work that can be cited; one has a year or a number.
    if (note.find_first_of("0123456789") == std::string::npos) return;
    if (const auto works = works_named_in(note); !works.empty()) {
      std::vector<std::string> of_works;
      for (const auto& work : works) {
        of_works.push_back(work.key);
        if (there.insert(work.key).second) bib += work.entry;
      }
      keys[key] = fmt::format("{}", fmt::join(of_works, ","));
      return;
    }
    keys[key] = names.take({key});
    bib += fmt::format("@misc{{{},\n  key = {{{}}},\n  title = {{{{{}}}}},\n  note = {{{}}}\n}}\n", keys[key],
                       escape_latex(title), escape_latex(title), escape_latex(note));
  };
  for (const auto& comparison : report.comparisons)
    for (const auto& label : comparison.labels)
      add(model_key(label), label.summary.empty() ? label.model : label.summary, label.citation);
  for (const auto& [name, text] : shown_definitions(report))
    add("metric-" + name, metric_title(name), text.source);
  return bib;
}

std::string citation(const Keys& keys, const std::string& what) {
  const auto found = keys.find(what);
  return found == keys.end() ? "" : "~\\cite{" + found->second + "}";
}

/// A paragraph a comparison: what a reader must know to repeat it.
std::string methods(const ComparisonReport& report, const Keys& keys) {
  std::string latex;
  for (const auto& comparison : report.comparisons) {
    latex += fmt::format("\\paragraph{{{}.}} {}.", escape_latex(comparison.name),
                         escape_latex(summarise(comparison)));
    for (const auto& [name, value] : comparison.settings)
      latex += fmt::format(" {}: {}.", escape_latex(name), escape_latex(value));
    latex += " Models:";
    for (std::size_t i = 0; i < comparison.labels.size(); ++i) {
      const auto& label = comparison.labels[i];
      latex += fmt::format("{} {} ({} {}{}{})", i == 0 ? "" : ";", escape_latex(label.label),
                           escape_latex(label.model), escape_latex(label.version),
                           label.option_line.empty() ? "" : ", " + escape_latex(label.option_line),
                           citation(keys, model_key(label)));
      for (const auto& [name, value] : label.settings)
        latex += fmt::format(", {}: {}", escape_latex(name), escape_latex(value));
    }
    latex += ".";
    for (const auto& note : comparison.notes) latex += " " + escape_latex(note);
    latex += "\n\n";
  }
  latex += "\\paragraph{Figures.} " + escape_latex(describe_figures(report.options.interval));
  for (const auto& [name, text] : shown_definitions(report))
    latex += fmt::format(" {}{}: {}.", escape_latex(metric_title(name)), citation(keys, "metric-" + name),
                         escape_latex(without_stop(text.definition)));
  latex += "\n\n\\paragraph{Machines.}";
  for (const auto& use : report.environments) {
    std::string facts;
    for (const auto& [name, value] : environment_facts(use))
      facts += fmt::format("{}{}: {}", facts.empty() ? " " : "; ", name, value);
    latex += escape_latex(facts) + ".";
  }
  return latex + "\n";
}

}  // namespace

std::vector<ReportFile> render_latex(const ComparisonReport& report) {
  std::vector<ReportFile> files;
  FileNames names;
  std::string body;
  for (const auto& comparison : report.comparisons) {
    body +=
        fmt::format("\\section{{{}: {}}}\n", escape_latex(comparison.suite), escape_latex(comparison.name));
    for (const auto& table : comparison.tables)
      body += add_table(files, names, table, comparison, report.options);
    body += add_table(files, names, comparison.cost, comparison, report.options);
    body += add_figures(files, names, comparison) + "\\clearpage\n";
  }
  body += add_common_figures(files, names, report);
  Keys keys;
  files.push_back({"references.bib", bibliography(report, keys)});
  files.push_back({"methods.tex", methods(report, keys)});
  files.push_back(
      {"report.tex",
       fmt::format("% Written by rraebench {}; pdflatex report, bibtex report, pdflatex report "
                   "twice.\n{}{}\\begin{{document}}\n{}\\section{{Methods}}\n\\input{{methods}}\n{}{}"
                   "\\end{{document}}\n",
                   report.options.program_version, kPreamble, kChartWidthCommand, claims_section(report),
                   "\\clearpage\n" + body,
                   keys.empty() ? "" : "\\bibliographystyle{plain}\n\\bibliography{references}\n")});
  return files;
}

}  // namespace rraebench
