#include "reports/render/latex.hpp"

#include "reports/render/claim_words.hpp"
#include "reports/render/glossary.hpp"
#include "reports/render/known_works.hpp"
#include "reports/render/latex_figures.hpp"
#include "reports/render/latex_tables.hpp"
#include "reports/render/pgfplots.hpp"
#include "reports/render/report_words.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <regex>
#include <set>
#include <string>

namespace rraebench {
namespace {

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

/// Without the stop at its end, which the caller sets.
std::string without_stop(std::string sentence) {
  while (!sentence.empty() && sentence.back() == '.') sentence.pop_back();
  return sentence;
}

/// A definition's formulas as TeX has them: signs, powers, subscripts of one letter, Greek letters by name.
std::string escape_definition(std::string text) {
  for (const auto& [from, to] : {std::pair{" - ", " − "}, {">=", "≥"}, {"<=", "≤"}, {"||", "‖"}})
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from))
      text.replace(at, std::string(from).size(), to);
  static const std::vector<std::pair<std::regex, std::string>> formulas = {
      {std::regex(R"(\\textasciicircum\{\}([0-9]+|\([^()]*\)))"), "$$^{$1}$$"},
      {std::regex(R"(\\_([A-Za-z0-9])(?![A-Za-z0-9]))"), "$$_{$1}$$"},
      {std::regex(R"(\b(sigma|mu|epsilon|delta)\b)"), "$$\\$1$$"},
      {std::regex(R"(\$\$)"), ""}};
  auto latex = escape_latex(text);
  for (const auto& [form, tex] : formulas) latex = std::regex_replace(latex, form, tex);
  return latex;
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
      latex += fmt::format(" {}: {}.", escape_latex(name), escape_latex(without_stop(value)));
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
    for (const auto& note : comparison.notes) latex += " " + escape_latex(without_stop(note)) + ".";
    latex += "\n\n";
  }
  latex += "\\paragraph{Figures.} " + escape_latex(describe_figures(report.options.interval));
  for (const auto& [name, text] : shown_definitions(report))
    latex += fmt::format(" {}{}: {}.", escape_latex(metric_title(name)), citation(keys, "metric-" + name),
                         escape_definition(without_stop(text.definition)));
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
    if (!comparison.cost.cells.empty())
      body += add_table(files, names, comparison.cost, comparison, report.options);
    body += add_published(files, names, comparison, report.options);
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
