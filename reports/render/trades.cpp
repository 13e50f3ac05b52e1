#include "reports/render/trades.hpp"

#include "reports/analysis/equal_rate.hpp"
#include "reports/analysis/sweeps.hpp"
#include "reports/render/charts.hpp"
#include "reports/render/glossary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace rraebench {
namespace {

/// FID of generated samples, by each sampler.
std::vector<TableColumn> generation_distances(const std::vector<MetricTable>& tables) {
  std::vector<TableColumn> found;
  for (const auto& table : tables)
    for (std::size_t i = 0; i < table.columns.size(); ++i)
      if (table.protocol == "generate" && table.columns[i].name == "fid") found.push_back({&table, i});
  return found;
}

ChartAxis axis_of(const TableColumn& figure) {
  const auto& column = figure.head();
  auto title = metric_title(column.name);
  if (const auto kind = column_kind(column); !kind.empty()) title += " (" + kind + ")";
  if (!column.unit.empty()) title += ", " + column.unit;
  return {title, false, false, false};
}

/// Models that no other betters in both; low is good across, and up unless `higher`.
ChartLine front_of(std::vector<ChartPoint> points, bool higher) {
  std::sort(points.begin(), points.end(), [&](const ChartPoint& a, const ChartPoint& b) {
    return a.x != b.x ? a.x < b.x : higher ? a.y > b.y : a.y < b.y;
  });
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

/// A line through the points of each model whose option was swept, in the option's order: models are to be
/// compared where their lines have the same rate, not where the option is the same.
void join_sweeps(Chart& chart, const std::vector<Sweep>& sweeps, const TableColumn& across,
                 const TableColumn& up) {
  for (const auto& sweep : sweeps)
    for (const auto& swept : sweep.lines) {
      ChartLine line;
      line.name = fmt::format("{} over {}", swept.name, sweep.option);
      line.style = swept.colour;
      for (const auto& point : swept.points) {
        const auto& left = across.of(point.label).summary;
        const auto& right = up.of(point.label).summary;
        if (!has_mean(left) || !has_mean(right)) continue;
        line.x.push_back(left.mean);
        line.y.push_back(right.mean);
      }
      if (line.x.size() >= 2) chart.lines.push_back(std::move(line));
    }
}

/// Null where the two have fewer than two places in common.
TradeChart* add_trade(std::vector<TradeChart>& trades, const Comparison& comparison,
                      const TableColumn& across, const ChartAxis& axis, const TableColumn& up,
                      const char* note) {
  auto chart = trade_chart(comparison, *across.table, across.column, axis, *up.table, up.column, axis_of(up));
  if (!chart) return nullptr;
  std::set<double> places;
  for (const auto& point : chart->points) places.insert(point.x);
  if (places.size() < 2) return nullptr;
  trades.push_back({fmt::format("{} against {}", axis_of(up).title.substr(0, axis_of(up).title.find(',')),
                                axis.title.substr(0, axis.title.find(','))),
                    note, std::move(*chart)});
  return &trades.back();
}

void add_cost(std::vector<TradeChart>& trades, const Comparison& comparison, const TableColumn& cost,
              const ChartAxis& axis, const TableColumn& quality) {
  auto* trade = add_trade(trades, comparison, cost, axis, quality,
                          "Means over seeds; the line joins the models that no other betters in both.");
  if (trade != nullptr)
    trade->chart.lines.push_back(front_of(trade->chart.points, quality.head().better == "higher"));
}

void add_rate(std::vector<TradeChart>& trades, const Comparison& comparison, const std::vector<Sweep>& sweeps,
              const TableColumn& across, const ChartAxis& axis, const TableColumn& up) {
  auto* trade = add_trade(trades, comparison, across, axis, up,
                          "Means over seeds; strokes from the smallest to the largest, lines along a sweep.");
  if (trade != nullptr) join_sweeps(trade->chart, sweeps, across, up);
}

}  // namespace

std::vector<TradeChart> trade_charts(const Comparison& comparison) {
  std::vector<TradeChart> trades;
  std::optional<TableColumn> quality;
  for (const auto& [protocol, name] : {std::pair{"generate", "fid"},
                                       {"interpolate", "fid"},
                                       {"interpolate", "relative_error"},
                                       {"reconstruct", "relative_error"}})
    if (!quality) quality = find_column(comparison.tables, protocol, name);
  if (!quality) return trades;
  const auto& cost = comparison.cost;
  for (std::size_t i = 0; i < cost.columns.size(); ++i) {
    const auto& name = cost.columns[i].name;
    if (name == "train_time" && cost.columns[i].machine.empty())
      add_cost(trades, comparison, {&cost, i}, {"training time, s", true, false, false}, *quality);
    if (name == "parameters")
      add_cost(trades, comparison, {&cost, i}, {"parameters", true, false, false}, *quality);
  }
  const auto error = find_column(comparison.tables, "reconstruct", "relative_error");
  const auto rate = find_column(comparison.tables, "collapse", "kl_total");
  if (!rate) return trades;
  const ChartAxis rate_axis{"KL divergence, nats", false, false, false};
  const auto sweeps = find_sweeps(comparison);
  if (error) add_rate(trades, comparison, sweeps, *rate, rate_axis, *error);
  if (sweeps.empty()) return trades;
  for (const auto& figure : generation_distances(comparison.tables)) {
    add_rate(trades, comparison, sweeps, *rate, rate_axis, figure);
    if (error) add_rate(trades, comparison, sweeps, *error, axis_of(*error), figure);
  }
  return trades;
}

}  // namespace rraebench
