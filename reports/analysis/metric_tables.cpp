#include "reports/analysis/metric_tables.hpp"

#include "reports/analysis/figure_format.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <tuple>
#include <utility>

namespace rraebench {
namespace {

constexpr std::array<std::string_view, 6> kProtocolOrder = {"reconstruct", "interpolate", "generate",
                                                            "collapse",    "rank",        "train"};

std::size_t protocol_rank(const std::string& protocol) {
  return static_cast<std::size_t>(std::find(kProtocolOrder.begin(), kProtocolOrder.end(), protocol) -
                                  kProtocolOrder.begin());
}

std::size_t find_column(const std::vector<MetricColumn>& columns, const MetricColumn& column) {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const MetricColumn& other) { return same_column(other, column); });
  return static_cast<std::size_t>(found - columns.begin());
}

// Columns of one metric stand together.
void add_column(std::vector<MetricColumn>& columns, const MetricColumn& column) {
  if (find_column(columns, column) < columns.size()) return;
  const auto last = std::find_if(columns.rbegin(), columns.rend(),
                                 [&](const MetricColumn& other) { return other.name == column.name; });
  columns.insert(last == columns.rend() ? columns.end() : last.base(), column);
}

MetricTable& table_of(std::vector<MetricTable>& tables, const std::string& protocol) {
  for (auto& table : tables)
    if (table.protocol == protocol) return table;
  auto& table = tables.emplace_back();
  table.protocol = protocol;
  return table;
}

// Marks those that print the same mean as the best: more digits than are shown decide nothing. A column with
// one candidate has no best.
void mark_best(MetricTable& table, std::size_t column) {
  const bool higher = table.columns[column].better == "higher";
  if (!higher && table.columns[column].better != "lower") return;
  const MetricCell* best = nullptr;
  int candidates = 0;
  for (const auto& row : table.cells) {
    const auto& cell = row[column];
    if (cell.n == 0 || !std::isfinite(cell.mean)) continue;
    ++candidates;
    if (best == nullptr || (higher ? cell.mean > best->mean : cell.mean < best->mean)) best = &cell;
  }
  if (candidates < 2) return;
  const auto text = best->mean_text;
  for (auto& row : table.cells) row[column].best = row[column].n > 0 && row[column].mean_text == text;
}

void print_column(MetricTable& table, std::size_t column) {
  std::vector<double> means;
  std::vector<double> deviations;
  for (const auto& row : table.cells) {
    const auto& cell = row[column];
    if (cell.n == 0) continue;
    means.push_back(cell.mean);
    if (cell.deviation) deviations.push_back(*cell.deviation);
  }
  const auto decimals = column_decimals(means, deviations);
  for (auto& row : table.cells) {
    auto& cell = row[column];
    if (cell.n == 0) continue;
    cell.mean_text = format_figure(cell.mean, decimals);
    if (cell.deviation) cell.deviation_text = format_figure(*cell.deviation, decimals);
  }
}

void finish(MetricTable& table) {
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    print_column(table, column);
    mark_best(table, column);
  }
}

MetricCell average(std::vector<double> values) {
  MetricCell cell;
  if (values.empty()) return cell;
  const auto count = static_cast<double>(values.size());
  for (const double value : values) cell.mean += value / count;
  double squares = 0.0;
  for (const double value : values) squares += (value - cell.mean) * (value - cell.mean);
  if (values.size() > 1) cell.deviation = std::sqrt(squares / (count - 1.0));
  cell.n = static_cast<std::int64_t>(values.size());
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  cell.minimum = values.front();
  cell.median = values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
  cell.maximum = values.back();
  return cell;
}

}  // namespace

bool same_column(const MetricColumn& a, const MetricColumn& b) {
  const auto key = [](const MetricColumn& c) {
    return std::tie(c.protocol, c.name, c.variant, c.split, c.unit, c.better, c.extractor, c.extractor_sha256,
                    c.reference_count, c.sample_count);
  };
  return key(a) == key(b);
}

std::vector<MetricTable> arrange_metrics(std::size_t labels, const std::vector<LabelledFigure>& figures,
                                         const std::vector<LabelledCell>& averages) {
  std::vector<MetricTable> tables;
  for (const auto& figure : figures)
    add_column(table_of(tables, figure.column.protocol).columns, figure.column);
  for (const auto& entry : averages)
    add_column(table_of(tables, entry.column.protocol).columns, entry.column);
  for (auto& table : tables) table.cells.assign(labels, std::vector<MetricCell>(table.columns.size()));

  const auto cell_of = [&](std::size_t label, const MetricColumn& column) -> MetricCell& {
    auto& table = table_of(tables, column.protocol);
    return table.cells[label][find_column(table.columns, column)];
  };
  for (const auto& entry : averages) cell_of(entry.label, entry.column) = entry.cell;
  for (const auto& figure : figures)
    if (!figure.value) ++cell_of(figure.label, figure.column).not_a_number;
  for (auto& table : tables) finish(table);
  std::stable_sort(tables.begin(), tables.end(), [](const MetricTable& a, const MetricTable& b) {
    return protocol_rank(a.protocol) < protocol_rank(b.protocol);
  });
  return tables;
}

MetricTable arrange_cost(std::size_t labels, const std::vector<std::pair<std::size_t, RunRow>>& runs,
                         bool comparable) {
  struct Cost {
    const char* name;
    const char* unit;
    const char* better;
    double (*of)(const RunRow&);
  };
  static constexpr std::array<Cost, 5> kCosts = {{
      {"parameters", "", "", [](const RunRow& run) { return static_cast<double>(run.parameter_count); }},
      {"steps", "", "", [](const RunRow& run) { return static_cast<double>(run.train_steps); }},
      {"train_time", "s", "lower", [](const RunRow& run) { return run.train_seconds; }},
      {"samples_per_second", "1/s", "higher", [](const RunRow& run) { return run.samples_per_second; }},
      {"peak_memory", "MiB", "",
       [](const RunRow& run) { return static_cast<double>(run.peak_memory_bytes) / (1024.0 * 1024.0); }},
  }};
  MetricTable table;
  table.protocol = "cost";
  table.cells.resize(labels, std::vector<MetricCell>(kCosts.size()));
  for (std::size_t i = 0; i < kCosts.size(); ++i) {
    auto& column = table.columns.emplace_back();
    column.protocol = table.protocol;
    column.name = kCosts[i].name;
    column.unit = kCosts[i].unit;
    column.better = comparable ? kCosts[i].better : "";
    for (std::size_t label = 0; label < labels; ++label) {
      std::vector<double> values;
      for (const auto& [owner, run] : runs)
        if (owner == label) values.push_back(kCosts[i].of(run));
      auto& cell = table.cells[label][i];
      cell = average(values);
      // Most of these are the same in every run: "± 0" would say nothing.
      if (cell.deviation == 0.0) cell.deviation.reset();
    }
  }
  finish(table);
  return table;
}

}  // namespace rraebench
