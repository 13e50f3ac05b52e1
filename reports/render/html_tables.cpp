#include "reports/render/html_tables.hpp"

#include "reports/render/figure_format.hpp"
#include "reports/render/glossary.hpp"
#include "reports/render/report_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rraebench::html {
namespace {

constexpr std::size_t kManyColumns = 9;        // More of them are printed smaller.
constexpr std::size_t kColumnsSideBySide = 2;  // Tables of no more columns share a line with another.

std::string better_words(const std::string& better) {
  return better.empty() ? "" : better + " is better";
}

/// Where the page defines a metric.
std::string definition_anchor(const MetricColumn& column, const ReportOptions& options) {
  return options.definitions.count(column.name) > 0 ? "definition-" + column.name : std::string();
}

Data header_groups(const MetricTable& table, const ReportOptions& options) {
  auto groups = list();
  for (std::size_t first = 0; first < table.columns.size();) {
    const auto& column = table.columns[first];
    std::size_t end = first;
    while (end < table.columns.size() && table.columns[end].name == column.name &&
           table.columns[end].unit == column.unit && table.columns[end].better == column.better)
      ++end;
    Data group;
    group.set("metric", metric_title(column.name));
    group.set("span", std::to_string(end - first));
    group.set("several", flag(end - first > 1));
    group.set("definition", text_or_nothing(definition_anchor(column, options)));
    group.set("unit", text_or_nothing(column.unit));
    group.set("arrow", text_or_nothing(better_arrow(column.better)));
    group.set("arrow_tip", better_words(column.better));
    groups << group;
    first = end;
  }
  return groups;
}

// The longest meter of a column stands for its largest mean. None where neither more nor less is better,
// where there is nothing to compare, or where means are not all positive.
std::vector<double> meter_scale(const MetricTable& table) {
  std::vector<double> largest(table.columns.size(), 0.0);
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    int measured = 0;
    bool comparable = !table.columns[column].better.empty();
    for (const auto& row : table.cells) {
      const auto& cell = row[column];
      if (cell.summary.count == 0) continue;
      ++measured;
      comparable = comparable && std::isfinite(cell.summary.mean) && cell.summary.mean >= 0.0;
      largest[column] = std::max(largest[column], cell.summary.mean);
    }
    if (!comparable || measured < 2) largest[column] = 0.0;
  }
  return largest;
}

Data figure_cell(const MetricCell& cell, const PrintedFigure& figure, const LabelSummary& label,
                 double scale) {
  const auto& summary = cell.summary;
  Data data;
  data.set("measured", flag(summary.count > 0));
  data.set("colour", colour_class(label.colour));
  if (summary.count == 0) {
    data.set("absent", describe_absence(cell, label.tally));
    return data;
  }
  data.set("sort", fmt::format("{}", summary.mean));
  data.set("mean", figure.mean);
  data.set("deviation", text_or_nothing(figure.spread));
  data.set("best", flag(cell.mark != Mark::kNone));
  data.set("count", text_or_nothing(describe_exception(cell, label.tally)));
  data.set("bar", scale > 0.0 ? Data(fmt::format("{:.1f}", 100.0 * summary.mean / scale)) : flag(false));
  return data;
}

/// A row a seed of each label, with its run's number.
Data seed_rows(const MetricTable& table, const Comparison& comparison) {
  auto rows = list();
  for (std::size_t label = 0; label < comparison.labels.size(); ++label) {
    std::map<std::int64_t, std::vector<std::string>> values;  // By seed.
    std::map<std::int64_t, std::int64_t> runs;
    for (std::size_t column = 0; column < table.columns.size(); ++column)
      for (const auto& entry : table.cells[label][column].values) {
        auto& row = values[entry.seed];
        row.resize(table.columns.size());
        row[column] = format_figure(entry.value, std::nullopt);
        runs[entry.seed] = entry.run;
      }
    for (const auto& [seed, figures] : values) {
      Data row;
      row.set("label", comparison.labels[label].label);
      row.set("seed", std::to_string(seed));
      row.set("run", std::to_string(runs[seed]));
      auto cells = list();
      for (const auto& figure : figures) {
        Data cell;
        cell.set("value", figure);
        cells << cell;
      }
      row.set("cells", cells);
      rows << row;
    }
  }
  return rows;
}

}  // namespace

Data table_data(const MetricTable& whole, const Comparison& comparison, const ReportOptions& options) {
  Data data;
  const auto shown = shown_table(whole);
  const auto& table = shown.table;
  const auto& basis = shown.basis;
  data.set("table_title", protocol_title(table.protocol));
  data.set("basis", text_or_nothing(basis.common));
  data.set("wide", flag(table.columns.size() > kColumnsSideBySide));
  data.set("groups", header_groups(table, options));
  auto columns = list();
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    Data head;
    head.set("kind", column_kind(table.columns[i]));
    head.set("column_basis", text_or_nothing(basis.own[i]));
    columns << head;
  }
  data.set("columns", columns);
  const auto scale = meter_scale(table);
  const auto printed = print_table(table, options.interval);
  auto rows = list();
  for (std::size_t label = 0; label < comparison.labels.size(); ++label) {
    const auto& summary = comparison.labels[label];
    Data row;
    row.set("label", summary.label);
    row.set("style", style_of(summary.colour));
    row.set("colour", colour_class(summary.colour));
    row.set("tally", describe(summary.tally));
    row.set("trouble", flag(summary.tally.ok < summary.tally.expected));
    auto cells = list();
    for (std::size_t column = 0; column < table.columns.size(); ++column)
      cells << figure_cell(table.cells[label][column], printed[label][column], summary, scale[column]);
    row.set("cells", cells);
    rows << row;
  }
  data.set("rows", rows);
  data.set("marks", texts("sentence", describe_marks(table)));
  data.set("seeds", seed_rows(table, comparison));
  data.set("many", flag(table.columns.size() > kManyColumns));
  return data;
}

Data published_rows(const Comparison& comparison) {
  auto rows = list();
  for (const auto& entry : comparison.published) {
    Data row;
    const auto printed = print_published(entry);
    row.set("label", entry.label);
    row.set("metric",
            metric_title(entry.column.name) + (entry.column.unit.empty() ? "" : ", " + entry.column.unit));
    row.set("kind", text_or_nothing(join_parts({column_kind(entry.column), column_basis(entry.column)})));
    row.set("paper", printed.published);
    row.set("source", entry.source);
    row.set("ours", text_or_nothing(printed.ours));
    row.set("count", printed.count);
    row.set("gap", printed.gap.empty() ? "–" : printed.gap);
    rows << row;
  }
  return rows;
}

}  // namespace rraebench::html
