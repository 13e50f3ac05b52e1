#include "reports/render/trades.hpp"

#include "reports/render/charts.hpp"
#include "reports/render/glossary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace rraebench {
namespace {

struct Figure {
  const MetricTable* table = nullptr;
  std::size_t column = 0;

  const MetricColumn& head() const { return table->columns[column]; }
};

std::optional<Figure> find_figure(const std::vector<MetricTable>& tables, const std::string& protocol,
                                  const std::string& name) {
  std::optional<Figure> found;
  for (const auto& table : tables)
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const auto& column = table.columns[i];
      if (table.protocol != protocol || column.name != name || (found && column.split != "test")) continue;
      if (!found || found->head().split != "test") found = Figure{&table, i};
    }
  return found;
}

ChartAxis axis_of(const Figure& figure) {
  const auto& column = figure.head();
  auto title = metric_title(column.name);
  if (const auto kind = column_kind(column); !kind.empty()) title += " (" + kind + ")";
  if (!column.unit.empty()) title += ", " + column.unit;
  return {title, false, false, false};
}

/// Models that no other betters in both; low is good across, and up unless `higher`.
ChartLine front_of(std::vector<ChartPoint> points, bool higher) {
  std::sort(points.begin(), points.end(), [](const ChartPoint& a, const ChartPoint& b) { return a.x < b.x; });
  ChartLine front;
  front.name = "no model is better in both";
  front.style = 6;  // Grey.
  for (const auto& point : points)
    if (front.y.empty() || (higher ? point.y > front.y.back() : point.y < front.y.back())) {
      front.x.push_back(point.x);
      front.y.push_back(point.y);
    }
  return front;
}

void add_trade(std::vector<TradeChart>& trades, const Comparison& comparison, const Figure& across,
               const ChartAxis& axis, const Figure& up, bool front) {
  auto chart = trade_chart(comparison, *across.table, across.column, axis, *up.table, up.column, axis_of(up));
  if (!chart) return;
  std::set<double> places;
  for (const auto& point : chart->points) places.insert(point.x);
  if (places.size() < 2) return;
  if (front) chart->lines.push_back(front_of(chart->points, up.head().better == "higher"));
  trades.push_back(
      {fmt::format("{} against {}", metric_title(up.head().name), axis.title.substr(0, axis.title.find(','))),
       front ? "Means over seeds; the line joins the models that no other betters in both."
             : "Means over seeds; strokes from the smallest to the largest.",
       std::move(*chart)});
}

}  // namespace

std::vector<TradeChart> trade_charts(const Comparison& comparison) {
  std::vector<TradeChart> trades;
  std::optional<Figure> quality;
  for (const auto& [protocol, name] : {std::pair{"generate", "fid"},
                                       {"interpolate", "fid"},
                                       {"interpolate", "relative_error"},
                                       {"reconstruct", "relative_error"}})
    if (!quality) quality = find_figure(comparison.tables, protocol, name);
  if (!quality) return trades;
  const auto& cost = comparison.cost;
  for (std::size_t i = 0; i < cost.columns.size(); ++i) {
    const auto& name = cost.columns[i].name;
    if (name == "train_time" && cost.columns[i].variant.empty())
      add_trade(trades, comparison, {&cost, i}, {"training time, s", true, false, false}, *quality, true);
    if (name == "parameters")
      add_trade(trades, comparison, {&cost, i}, {"parameters", true, false, false}, *quality, true);
  }
  const auto error = find_figure(comparison.tables, "reconstruct", "relative_error");
  const auto rate = find_figure(comparison.tables, "collapse", "kl_total");
  if (error && rate)
    add_trade(trades, comparison, *rate, {"KL divergence, nats", false, false, false}, *error, false);
  return trades;
}

}  // namespace rraebench
