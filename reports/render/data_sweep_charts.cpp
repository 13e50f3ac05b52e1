#include "reports/render/data_sweep_charts.hpp"

#include "reports/render/charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace rraebench {
namespace {

/// Columns of all comparisons of the sweep that sweeps are drawn for, each figure once.
std::vector<MetricColumn> swept_columns(const DataSweep& sweep, const std::vector<Comparison>& comparisons) {
  std::vector<MetricColumn> columns;
  for (const auto& point : sweep.points)
    for (const auto& table : comparisons[point.comparison].tables)
      for (const auto& column : table.columns) {
        const bool known = std::any_of(columns.begin(), columns.end(), [&](const MetricColumn& other) {
          return figure_key(other) == figure_key(column);
        });
        if (!known && is_swept_figure(column)) columns.push_back(column);
      }
  return columns;
}

const MetricCell* find_cell(const Comparison& comparison, std::size_t label, const MetricColumn& wanted) {
  for (const auto& table : comparison.tables)
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      if (figure_key(table.columns[i]) == figure_key(wanted)) return &table.cells[label][i];
  return nullptr;
}

/// The line of `name`, which is made where there is none yet.
ChartLine& line_of(Chart& chart, const LabelSummary& label) {
  const auto found = std::find_if(chart.lines.begin(), chart.lines.end(),
                                  [&](const ChartLine& line) { return line.name == label.label; });
  if (found != chart.lines.end()) return *found;
  chart.lines.emplace_back();
  chart.lines.back().name = label.label;
  chart.lines.back().style = label.colour;
  chart.lines.back().markers = true;
  return chart.lines.back();
}

Chart chart_of(const DataSweep& sweep, const std::vector<Comparison>& comparisons,
               const MetricColumn& column) {
  Chart chart;
  chart.height = 250.0;
  for (const auto& point : sweep.points) {
    const auto& comparison = comparisons[point.comparison];
    for (std::size_t label = 0; label < comparison.labels.size(); ++label) {
      const auto* cell = find_cell(comparison, label, column);
      if (cell == nullptr || !has_mean(cell->summary)) continue;
      auto& line = line_of(chart, comparison.labels[label]);
      line.x.push_back(point.value);
      line.y.push_back(cell->summary.mean);
      chart.ranges.push_back({line.style, point.value, cell->summary.minimum, cell->summary.maximum});
    }
  }
  chart.x = sweep_axis(sweep.option, sweep.points.front().value, sweep.points.back().value);
  const auto title = swept_title(column);
  chart.y = {column.unit.empty() ? title : title + ", " + column.unit, false, true, false};
  return chart;
}

}  // namespace

std::vector<TitledChart> data_sweep_charts(const DataSweep& sweep,
                                           const std::vector<Comparison>& comparisons) {
  std::vector<TitledChart> charts;
  for (const auto& column : swept_columns(sweep, comparisons)) {
    auto chart = chart_of(sweep, comparisons, column);
    chart.lines.erase(std::remove_if(chart.lines.begin(), chart.lines.end(),
                                     [](const ChartLine& line) { return line.x.size() < 2; }),
                      chart.lines.end());
    if (chart.lines.empty()) continue;
    std::vector<KeyEntry> key;
    for (const auto& line : chart.lines) key.push_back({line.name, line.style});
    charts.push_back({fmt::format("{} over {}", swept_title(column), sweep.option),
                      "Means over seeds; bars reach from the smallest to the largest.", std::move(chart),
                      std::move(key)});
  }
  return charts;
}

}  // namespace rraebench
