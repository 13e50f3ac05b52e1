#include "reports/analysis/equal_rate.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace rraebench {
namespace {

std::size_t models_with(const TableColumn& figure) {
  return static_cast<std::size_t>(
      std::count_if(figure.table->cells.begin(), figure.table->cells.end(),
                    [&](const auto& row) { return has_mean(row[figure.column].summary); }));
}

const SeedValue* of_seed(const MetricCell& cell, std::int64_t seed) {
  const auto found = std::find_if(cell.values.begin(), cell.values.end(),
                                  [&](const SeedValue& value) { return value.seed == seed; });
  return found != cell.values.end() && std::isfinite(found->value) ? &*found : nullptr;
}

/// Figure by rate, of one seed; points of one rate have their mean.
using Curve = std::map<double, double>;

std::optional<Curve> curve_of(const SweepLine& line, const TableColumn& rate, const TableColumn& figure,
                              std::int64_t seed) {
  std::map<double, std::vector<double>> figures;
  for (const auto& point : line.points) {
    const auto* across = of_seed(rate.of(point.label), seed);
    const auto* up = of_seed(figure.of(point.label), seed);
    if (across == nullptr || up == nullptr) return std::nullopt;
    figures[across->value].push_back(up->value);
  }
  Curve curve;
  for (auto& [x, values] : figures) curve[x] = summarise_values(std::move(values)).mean;
  return curve;
}

std::map<std::int64_t, Curve> curves_of(const SweepLine& line, const TableColumn& rate,
                                        const TableColumn& figure) {
  std::map<std::int64_t, Curve> curves;
  for (const auto& value : figure.of(line.points.front().label).values)
    if (auto curve = curve_of(line, rate, figure, value.seed)) curves[value.seed] = std::move(*curve);
  return curves;
}

/// `x` lies within the curve.
double height(const Curve& curve, double x) {
  const auto right = curve.lower_bound(x);
  if (right->first == x) return right->second;
  const auto left = std::prev(right);
  const double share = (x - left->first) / (right->first - left->first);
  return left->second + share * (right->second - left->second);
}

double mean_height(const Curve& curve, double from, double to) {
  double area = 0.0;
  double x = from;
  double y = height(curve, from);
  const auto step = [&](double next_x, double next_y) {
    area += 0.5 * (y + next_y) * (next_x - x);
    x = next_x;
    y = next_y;
  };
  for (auto point = curve.upper_bound(from); point != curve.end() && point->first < to; ++point)
    step(point->first, point->second);
  step(to, height(curve, to));
  return area / (to - from);
}

}  // namespace

std::optional<TableColumn> find_column(const std::vector<MetricTable>& tables, const std::string& protocol,
                                       const std::string& name) {
  std::optional<TableColumn> found;
  const auto rank = [](const TableColumn& figure) {
    return std::pair(figure.head().split == "test", models_with(figure));
  };
  for (const auto& table : tables)
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      if (table.protocol != protocol || table.columns[i].name != name) continue;
      const TableColumn figure{&table, i};
      if (!found || rank(figure) > rank(*found)) found = figure;
    }
  return found;
}

std::optional<AtEqualRate> at_equal_rate(const SweepLine& a, const SweepLine& b, const TableColumn& rate,
                                         const TableColumn& figure) {
  const auto of_a = curves_of(a, rate, figure);
  const auto of_b = curves_of(b, rate, figure);
  if (of_a.empty() || of_b.empty()) return std::nullopt;
  AtEqualRate equal;
  equal.from = of_a.begin()->second.begin()->first;
  equal.to = of_a.begin()->second.rbegin()->first;
  for (const auto* curves : {&of_a, &of_b})
    for (const auto& [seed, curve] : *curves) {
      equal.from = std::max(equal.from, curve.begin()->first);
      equal.to = std::min(equal.to, curve.rbegin()->first);
    }
  if (!(equal.from < equal.to)) return std::nullopt;
  for (const auto& [seed, curve] : of_a) equal.a.push_back({seed, mean_height(curve, equal.from, equal.to)});
  for (const auto& [seed, curve] : of_b) equal.b.push_back({seed, mean_height(curve, equal.from, equal.to)});
  return equal;
}

}  // namespace rraebench
