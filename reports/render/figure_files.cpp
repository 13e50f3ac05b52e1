#include "reports/render/figure_files.hpp"

#include "reports/render/comparison_charts.hpp"
#include "reports/render/curve_panels.hpp"
#include "reports/render/data_sweep_charts.hpp"
#include "reports/render/rank_picture.hpp"
#include "reports/render/svg.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <utility>

namespace rraebench {
namespace {

const std::string kXmlHead = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

std::string svg_file(const Chart& chart, const std::string& description, const std::vector<KeyEntry>& key,
                     const std::string& note) {
  SvgOptions options;
  options.description = description;
  options.standalone = true;
  options.note = note;
  for (const auto& entry : key) options.legend.emplace_back(entry.name, entry.style);
  return kXmlHead + render_svg(chart, options) + "\n";
}

}  // namespace

std::vector<ReportFile> render_figure_files(const ComparisonReport& report) {
  std::vector<ReportFile> files;
  FileNames names;
  for (const auto& comparison : report.comparisons) {
    const auto name = [&](const std::string& figure, const std::string& label = {}) {
      return names.take({comparison.suite, comparison.name, figure, label});
    };
    for (const auto& [title, note, chart, key] : comparison_charts(comparison))
      files.push_back({name(title) + ".svg",
                       svg_file(chart, fmt::format("{} of {}: {}", title, comparison.name, note), key,
                                fmt::format("{} {}.", note, plural(comparison.seeds.size(), "seed")))});
    for (const auto& group : bar_groups(comparison))
      for (const auto& [label, seed, chart] : group.bars) {
        const auto& summary = comparison.labels[label];
        files.push_back({name(group.title, summary.label) + ".svg",
                         svg_file(chart, fmt::format("{} of {}, seed {}", group.title, summary.label, seed),
                                  {{summary.label, summary.colour}}, group.note)});
      }
    for (const auto& entry : comparison.images) {
      const auto title = picture_title(entry.image);
      const auto label = entry.shared ? std::string() : comparison.labels[entry.label].label;
      if (entry.image.format == kCurvesPicture)
        files.push_back({name(title, label) + ".svg",
                         kXmlHead + render_curve_panels(entry.image, {title, true, {}}) + "\n"});
      else
        files.push_back({name(title, label) + ".png", entry.image.content});
    }
  }
  for (const auto& sweep : find_data_sweeps(report.comparisons))
    for (const auto& [title, note, chart, key] : data_sweep_charts(sweep, report.comparisons))
      files.push_back({names.take({sweep.suite, sweep.name, title}) + ".svg",
                       svg_file(chart, fmt::format("{} of {}: {}", title, sweep.name, note), key, note)});
  for (const auto& ranking : rank_models(report.comparisons)) {
    SvgOptions options;
    options.description = describe_ranking(ranking);
    options.note = options.description + " Two models differ where their strokes do not overlap.";
    options.standalone = true;
    files.push_back({names.take({ranking.suite, "ranks", ranking.column.protocol, ranking.column.name,
                                 ranking.column.variant}) +
                         ".svg",
                     kXmlHead + render_ranks(ranking, options) + "\n"});
  }
  return files;
}

}  // namespace rraebench
