#include "reports/render/comparison_charts.hpp"

#include "reports/analysis/sweeps.hpp"
#include "reports/render/charts.hpp"
#include "reports/render/collapse_words.hpp"
#include "reports/render/glossary.hpp"
#include "reports/render/trades.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace rraebench {
namespace {

std::vector<KeyEntry> entries_of(const Comparison& comparison) {
  std::vector<KeyEntry> entries;
  for (const auto& label : comparison.labels) entries.push_back({label.label, label.colour});
  return entries;
}

std::vector<KeyEntry> entries_of(const Sweep& sweep) {
  std::vector<KeyEntry> entries;
  for (const auto& line : sweep.lines) entries.push_back({line.name, line.colour});
  return entries;
}

/// Those that the chart shows: of a chart of points these, since its lines join them.
std::vector<KeyEntry> key_of(const Chart& chart, std::vector<KeyEntry> entries) {
  std::set<std::size_t> shown;
  for (const auto& point : chart.points) shown.insert(point.style);
  if (shown.empty())
    for (const auto& line : chart.lines) shown.insert(line.style);
  entries.erase(std::remove_if(entries.begin(), entries.end(),
                               [&](const KeyEntry& entry) { return shown.count(entry.style) == 0; }),
                entries.end());
  return entries;
}

void add(std::vector<TitledChart>& charts, std::string title, std::string note, std::optional<Chart> chart,
         std::vector<KeyEntry> entries) {
  if (!chart) return;
  auto key = key_of(*chart, std::move(entries));
  charts.push_back({std::move(title), std::move(note), std::move(*chart), std::move(key)});
}

void add_sweeps(std::vector<TitledChart>& charts, const Comparison& comparison) {
  for (const auto& sweep : find_sweeps(comparison))
    for (const auto& table : comparison.tables)
      for (std::size_t column = 0; column < table.columns.size(); ++column) {
        const auto& figure = table.columns[column];
        if (!is_swept_figure(figure)) continue;
        const auto title = swept_title(figure);
        const auto axis = figure.unit.empty() ? title : title + ", " + figure.unit;
        std::string note = "Means over seeds; bars reach from the smallest to the largest.";
        if (figure.name == "active_units")
          for (const auto& sentence : describe_collapse(comparison, sweep)) note += " " + sentence;
        add(charts, fmt::format("{} over {}", title, sweep.option), note,
            sweep_chart(sweep, table, column, axis), entries_of(sweep));
      }
}

struct BarKind {
  const char* name;  // Of the spectrum.
  const char* title;
  const char* note;
  const char* axis;
  bool shared;  // One axis for all labels: the figures are of one unit.
};

constexpr BarKind kBarKinds[] = {
    {"kl_per_dimension", "KL divergence per dimension",
     "A dimension near 0 carries nothing: it has collapsed.", "nats", true},
    {"coefficient_variance", "Variance of the coefficients",
     "Per dimension over the data; a dimension near 0 is unused. Each model has its own scale.", "variance",
     false}};

std::vector<const Spectrum*> first_of_each_label(const Comparison& comparison, const char* name) {
  std::vector<const Spectrum*> chosen;
  for (std::size_t label = 0; label < comparison.labels.size(); ++label) {
    const auto first = std::find_if(
        comparison.spectra.begin(), comparison.spectra.end(),
        [&](const Spectrum& s) { return s.label == label && s.name == name && !s.values.empty(); });
    if (first != comparison.spectra.end()) chosen.push_back(&*first);
  }
  return chosen;
}

template <typename Wanted>
std::vector<const ReportImage*> pictures_where(const Comparison& comparison, const Wanted& wanted) {
  std::vector<const ReportImage*> found;
  for (const auto& entry : comparison.images)
    if (entry.image.width > 0 && entry.image.height > 0 && wanted(entry.image)) found.push_back(&entry);
  return found;
}

}  // namespace

bool is_swept_figure(const MetricColumn& column) {
  if (column.split != "test") return false;
  if (column.protocol == "reconstruct" || column.protocol == "interpolate")
    return column.name == "relative_error";
  return column.name == "active_units" || column.name == "kl_total" || column.name == "mutual_information";
}

std::string swept_title(const MetricColumn& column) {
  const auto title = metric_title(column.name);
  return column.protocol == "interpolate" ? protocol_title(column.protocol) + ": " + title : title;
}

std::vector<TitledChart> comparison_charts(const Comparison& comparison) {
  std::vector<TitledChart> charts;
  add(charts, "Training",
      "Of the reconstruction part of the loss, where it has one. Means over seeds, bands from the smallest "
      "to "
      "the largest; a cross ends a run that failed.",
      training_chart(comparison), entries_of(comparison));
  add(charts, "Singular spectrum", "Of the latent vectors, relative to the largest value.",
      singular_value_chart(comparison), entries_of(comparison));
  for (auto& trade : trade_charts(comparison))
    add(charts, std::move(trade.title), std::move(trade.note), std::move(trade.chart),
        entries_of(comparison));
  add_sweeps(charts, comparison);
  return charts;
}

std::vector<BarGroup> bar_groups(const Comparison& comparison) {
  std::vector<BarGroup> groups;
  for (const auto& kind : kBarKinds) {
    const auto chosen = first_of_each_label(comparison, kind.name);
    if (chosen.empty()) continue;
    const auto largest = [](const Spectrum& s) {
      const auto drawn = static_cast<std::ptrdiff_t>(std::min(s.values.size(), kMostBars));
      return *std::max_element(s.values.begin(), s.values.begin() + drawn);
    };
    double shared = 0.0;
    for (const auto* spectrum : chosen) shared = std::max(shared, largest(*spectrum));
    BarGroup group{kind.title, kind.note, {}};
    for (const auto* spectrum : chosen)
      group.bars.push_back({spectrum->label, spectrum->seed,
                            bar_chart(*spectrum, comparison.labels[spectrum->label].colour,
                                      kind.shared ? shared : largest(*spectrum), kind.axis)});
    groups.push_back(std::move(group));
  }
  return groups;
}

std::string picture_title(const ImageRecord& image) {
  auto title = protocol_title(image.protocol);
  if (const auto name = metric_title(image.name); name != title + "s") title += ": " + name;
  if (!image.variant.empty()) title += " (" + image.variant + ")";
  return title;
}

std::vector<PictureGroup> picture_groups(const Comparison& comparison) {
  std::vector<PictureGroup> groups;
  for (const auto* entry :
       pictures_where(comparison, [](const auto& image) { return image.name != kOriginals; })) {
    const auto title = picture_title(entry->image);
    if (std::any_of(groups.begin(), groups.end(), [&](const PictureGroup& g) { return g.title == title; }))
      continue;
    const auto& kind = entry->image;
    groups.push_back(
        {title,
         pictures_where(comparison,
                        [&](const auto& image) {
                          return image.name == kOriginals && image.protocol == kind.protocol &&
                                 image.variant == kind.variant;
                        }),
         pictures_where(comparison, [&](const auto& image) { return picture_title(image) == title; })});
  }
  return groups;
}

}  // namespace rraebench
