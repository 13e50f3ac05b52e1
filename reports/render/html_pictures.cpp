#include "reports/render/html_pictures.hpp"

#include "reports/base64.hpp"
#include "reports/render/curve_panels.hpp"
#include "reports/render/data_sweep_charts.hpp"
#include "reports/render/glossary.hpp"
#include "reports/render/rank_picture.hpp"
#include "reports/render/svg.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rraebench::html {
namespace {

constexpr int kPictureWidth = 480;       // CSS pixels that small pictures are enlarged towards.
constexpr int kSmallPictureWidth = 480;  // Narrower pictures show their pixels as squares.

Data picture_data(const ReportImage& entry, const LabelSummary& summary, const std::string& title) {
  const auto& image = entry.image;
  const auto shown = entry.shared ? std::string("originals") : summary.label;
  const auto alt = fmt::format("{}, {}: {}", title, shown, image.caption);
  Data picture;
  if (image.format == kCurvesPicture) {
    picture.set("svg", render_curve_panels(image, {alt, false, {}}));
  } else {
    const int enlarged = std::max(1, kPictureWidth / image.width);
    picture.set("png", base64_encode(image.content));
    picture.set("alt", alt);
    picture.set("width", std::to_string(image.width * enlarged));
    picture.set("height", std::to_string(image.height * enlarged));
    picture.set("pixelated", flag(image.width < kSmallPictureWidth));
  }
  if (!entry.shared) {
    picture.set("colour", colour_class(summary.colour));
    picture.set("style", style_of(summary.colour));
    picture.set("seed", std::to_string(entry.seed));
  }
  picture.set("label", shown);
  picture.set("of_model", flag(!entry.shared));
  picture.set("caption", text_or_nothing(image.caption));
  return picture;
}

}  // namespace

Data charts_data(const std::vector<TitledChart>& titled, const std::string& of) {
  auto charts = list();
  for (const auto& [title, note, chart, key] : titled) {
    Data data;
    auto legend = list();
    for (const auto& entry : key) {
      Data item;
      item.set("label", entry.name);
      item.set("style", style_of(entry.style));
      item.set("colour", colour_class(entry.style));
      legend << item;
    }
    data.set("legend", legend);
    data.set("chart_title", title);
    data.set("chart_note", note);
    data.set("singles", flag(std::any_of(chart.lines.begin(), chart.lines.end(),
                                         [](const ChartLine& line) { return line.single; })));
    data.set("svg", render_svg(chart, {fmt::format("{} of {}: {}", title, of, note), false, {}}));
    charts << data;
  }
  return charts;
}

Data bars_data(const Comparison& comparison) {
  auto groups = list();
  for (const auto& group : bar_groups(comparison)) {
    auto bars = list();
    for (const auto& [label, seed, chart] : group.bars) {
      const auto& summary = comparison.labels[label];
      Data bar;
      bar.set("label", summary.label);
      bar.set("colour", colour_class(summary.colour));
      bar.set("style", style_of(summary.colour));
      bar.set("seed", std::to_string(seed));
      bar.set("svg", render_svg(chart, {fmt::format("{} of {}", group.title, summary.label), false, {}}));
      bars << bar;
    }
    Data data;
    data.set("bars_title", group.title);
    data.set("bars_note", group.note);
    data.set("bars", bars);
    groups << data;
  }
  return groups;
}

Data galleries(const Comparison& comparison) {
  auto result = list();
  for (const auto& group : picture_groups(comparison)) {
    auto pictures = list();
    for (const auto* entries : {&group.originals, &group.estimates})
      for (const auto* entry : *entries)
        pictures << picture_data(*entry, comparison.labels[entry->label], group.title);
    Data gallery;
    gallery.set("gallery_title", group.title);
    gallery.set("aligned", flag(!group.originals.empty()));
    gallery.set("pictures", pictures);
    result << gallery;
  }
  return result;
}

Data rankings_data(const std::vector<Ranking>& rankings) {
  auto result = list();
  for (const auto& ranking : rankings) {
    Data data;
    data.set("suite", ranking.suite);
    data.set("title", protocol_title(ranking.column.protocol) + ": " + metric_title(ranking.column.name));
    const auto words = describe_ranking(ranking);
    data.set("words", words);
    data.set("svg", render_ranks(ranking, {words, false, {}}));
    result << data;
  }
  return result;
}

Data data_sweeps(const std::vector<Comparison>& comparisons) {
  auto sweeps = list();
  for (const auto& sweep : find_data_sweeps(comparisons)) {
    const auto charts = data_sweep_charts(sweep, comparisons);
    if (charts.empty()) continue;  // None of the figures that sweeps are drawn for was measured.
    Data data;
    data.set("suite", sweep.suite);
    data.set("sweep_title", fmt::format("{} over {}", sweep.name, sweep.option));
    data.set("charts", charts_data(charts, sweep.name));
    sweeps << data;
  }
  return sweeps;
}

}  // namespace rraebench::html
