#include "reports/analysis/published_figures.hpp"

#include <cstddef>
#include <tuple>
#include <utility>

namespace rraebench {

void add_published(Comparison& comparison, const std::vector<PublishedRow>& published) {
  for (const auto& [suite, record] : published) {
    if (suite != comparison.suite || record.comparison != comparison.name) continue;
    PublishedComparison entry;
    entry.label = record.label;
    entry.column.protocol = record.protocol;
    entry.column.name = record.name;
    entry.column.variant = record.variant;
    entry.column.split = record.split;
    entry.published = record.value;
    entry.published_deviation = record.deviation;
    entry.source = record.source;
    const auto key = [](const MetricColumn& column) {
      return std::tie(column.protocol, column.name, column.variant, column.split);
    };
    const auto label = label_index(comparison, record.label);
    bool measured = false;
    for (const auto& table : comparison.tables) {
      for (std::size_t column = 0; column < table.columns.size() && label < comparison.labels.size();
           ++column) {
        const auto& cell = table.cells[label][column];
        if (key(table.columns[column]) != key(entry.column) || cell.summary.count == 0) continue;
        auto ours = entry;
        ours.column = table.columns[column];
        ours.ours = cell;
        ours.budget_share = comparison.labels[label].budget_share;
        comparison.published.push_back(std::move(ours));
        measured = true;
      }
    }
    if (!measured) comparison.published.push_back(std::move(entry));
  }
}

}  // namespace rraebench
