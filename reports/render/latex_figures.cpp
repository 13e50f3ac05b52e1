#include "reports/render/latex_figures.hpp"

#include "reports/render/comparison_charts.hpp"
#include "reports/render/curve_panels.hpp"
#include "reports/render/data_sweep_charts.hpp"
#include "reports/render/pgfplots.hpp"
#include "reports/render/rank_picture.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

namespace rraebench {
namespace {

/// A file of a float, and what it is called where there are several.
struct FloatPanel {
  std::string name;  // Without folder; ".tex" and ".png" are told apart by it.
  std::string content;
  std::string words;
};

bool is_png(const FloatPanel& panel) {
  return panel.name.size() > 4 && panel.name.compare(panel.name.size() - 4, 4, ".png") == 0;
}

std::string inclusion(const FloatPanel& panel) {
  return is_png(panel) ? "\\includegraphics[width=\\chartwidth]{figures/" + panel.name + "}"
                       : "\\input{figures/" + panel.name + "}";
}

/// Several panels are two a row.
std::string float_of(std::vector<ReportFile>& files, const std::string& caption, const std::string& label,
                     std::vector<FloatPanel> panels) {
  const auto words = escape_latex(caption);
  std::string latex = "\\begin{figure}[htbp]\n\\centering\n";
  if (panels.size() > 1) latex += "\\def\\chartwidth{0.95\\linewidth}\n";
  for (auto& panel : panels) {
    latex +=
        panels.size() == 1
            ? inclusion(panel) + "\n"
            : fmt::format("\\begin{{minipage}}[b]{{0.48\\linewidth}}\\centering\n{}{}\n\\end{{minipage}}\n",
                          inclusion(panel),
                          panel.words.empty() ? "" : "\\par\\small " + escape_latex(panel.words));
    files.push_back({"figures/" + panel.name,
                     is_png(panel) ? std::move(panel.content) : "% " + words + "\n" + panel.content});
  }
  return latex + fmt::format("\\caption{{{}}}\n\\label{{fig:{}}}\n\\end{{figure}}\n", words, label);
}

std::string float_of(std::vector<ReportFile>& files, const std::string& caption, const std::string& name,
                     const TitledChart& chart) {
  return float_of(files, caption, name, {{name + ".tex", render_pgfplots(chart.chart, chart.key, ""), ""}});
}

std::string add_bars(std::vector<ReportFile>& files, FileNames& names, const Comparison& comparison,
                     const BarGroup& group) {
  std::vector<FloatPanel> panels;
  for (const auto& [label, seed, chart] : group.bars) {
    const auto& summary = comparison.labels[label];
    panels.push_back({names.take({comparison.suite, comparison.name, group.title, summary.label}) + ".tex",
                      render_pgfplots(chart, {}, fmt::format("{}, seed {}", summary.label, seed)), ""});
  }
  return float_of(files, fmt::format("{} of {}. {}", group.title, comparison.name, group.note),
                  names.take({comparison.suite, comparison.name, group.title}), std::move(panels));
}

std::string add_pictures(std::vector<ReportFile>& files, FileNames& names, const Comparison& comparison,
                         const PictureGroup& group) {
  std::vector<FloatPanel> panels;
  for (const auto* entries : {&group.originals, &group.estimates})
    for (const auto* entry : *entries) {
      const auto& label = comparison.labels[entry->label].label;
      const auto name = names.take(
          {comparison.suite, comparison.name, group.title, entry->shared ? std::string("originals") : label});
      const bool curves = entry->image.format == kCurvesPicture;
      panels.push_back({name + (curves ? ".tex" : ".png"),
                        curves ? render_curve_panels_tikz(entry->image) : entry->image.content,
                        entry->shared ? "originals" : fmt::format("{}, seed {}", label, entry->seed)});
    }
  return float_of(files, fmt::format("{} of {}.", group.title, comparison.name),
                  names.take({comparison.suite, comparison.name, group.title}), std::move(panels));
}

}  // namespace

std::string add_figures(std::vector<ReportFile>& files, FileNames& names, const Comparison& comparison) {
  std::string floats;
  for (const auto& chart : comparison_charts(comparison))
    floats += float_of(files, fmt::format("{} of {}. {}", chart.title, comparison.name, chart.note),
                       names.take({comparison.suite, comparison.name, chart.title}), chart);
  for (const auto& group : bar_groups(comparison)) floats += add_bars(files, names, comparison, group);
  for (const auto& group : picture_groups(comparison))
    floats += add_pictures(files, names, comparison, group);
  return floats;
}

std::string add_common_figures(std::vector<ReportFile>& files, FileNames& names,
                               const ComparisonReport& report) {
  std::string floats;
  for (const auto& sweep : find_data_sweeps(report.comparisons))
    for (const auto& chart : data_sweep_charts(sweep, report.comparisons))
      floats += float_of(files, fmt::format("{} of {}. {}", chart.title, sweep.name, chart.note),
                         names.take({sweep.suite, sweep.name, chart.title}), chart);
  for (const auto& ranking : rank_models(report.comparisons)) {
    const auto name = names.take(
        {ranking.suite, "ranks", ranking.column.protocol, ranking.column.name, ranking.column.variant});
    floats += float_of(files, describe_ranking(ranking), name,
                       {{name + ".tex", render_ranks_pgfplots(ranking), ""}});
  }
  return floats;
}

}  // namespace rraebench
