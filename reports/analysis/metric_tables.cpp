#include "reports/analysis/metric_tables.hpp"

#include "reports/analysis/figures_for_nothing.hpp"
#include "reports/analysis/protocols.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace rraebench {
namespace {

/// Its place in kAllProtocols; behind them for one of another version.
std::size_t protocol_rank(const std::string& protocol) {
  const auto* found = std::find_if(kAllProtocols.begin(), kAllProtocols.end(),
                                   [&](const Protocol& known) { return known.name == protocol; });
  return static_cast<std::size_t>(found - kAllProtocols.begin());
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

MetricCell& cell_of(std::vector<MetricTable>& tables, std::size_t label, const MetricColumn& column) {
  auto& table = table_of(tables, column.protocol);
  return table.cells[label][find_column(table.columns, column)];
}

void summarise(MetricTable& table) {
  for (auto& row : table.cells)
    for (auto& cell : row) {
      std::sort(cell.values.begin(), cell.values.end(),
                [](const SeedValue& a, const SeedValue& b) { return a.seed < b.seed; });
      std::vector<double> values;
      for (const auto& entry : cell.values) values.push_back(entry.value);
      cell.summary = summarise_values(std::move(values));
    }
}

/// Of a run, the figures of what it cost.
struct Cost {
  const char* name;
  const char* unit;
  const char* better;
  bool of_machine;  // Only comparable on one machine.
  double (*of)(const RunRow&);
};
constexpr double kMebibyte = 1024.0 * 1024.0;
constexpr std::array<Cost, 5> kCosts = {{
    {"parameters", "", "", false, [](const RunRow& run) { return static_cast<double>(run.parameter_count); }},
    {"steps", "", "", false, [](const RunRow& run) { return static_cast<double>(run.train_steps); }},
    {"train_time", "s", "lower", true, [](const RunRow& run) { return run.train_seconds; }},
    {"samples_per_second", "1/s", "higher", true, [](const RunRow& run) { return run.samples_per_second; }},
    {"peak_memory", "MiB", "", true,
     [](const RunRow& run) { return static_cast<double>(run.peak_memory_bytes) / kMebibyte; }},
}};

/// Of samples that were made elsewhere nothing is known.
bool is_free(const RunRow& run) {
  return std::all_of(kCosts.begin(), kCosts.end(), [&](const Cost& cost) { return cost.of(run) == 0.0; });
}

bool all_numbers(const LabelSummary& label, const MetricCell& cell) {
  return label.tally.failed_by_model() == 0 && cell.not_a_number == 0;
}

}  // namespace

bool is_of_real_samples(const std::string& metric) {
  return metric == "real_entropy";
}

bool is_of_machine(const MetricColumn& column) {
  return column.unit == "s";
}

bool same_column(const MetricColumn& a, const MetricColumn& b) {
  const auto key = [](const MetricColumn& c) {
    return std::tie(c.protocol, c.name, c.variant, c.split, c.unit, c.better, c.extractor, c.extractor_sha256,
                    c.reference_count, c.sample_count, c.machine);
  };
  return key(a) == key(b);
}

std::vector<MetricTable> arrange_metrics(std::size_t labels, const std::vector<LabelledFigure>& figures) {
  std::vector<MetricTable> tables;
  for (const auto& figure : figures)
    add_column(table_of(tables, figure.column.protocol).columns, figure.column);
  for (auto& table : tables) table.cells.assign(labels, std::vector<MetricCell>(table.columns.size()));
  for (const auto& figure : figures) {
    auto& cell = cell_of(tables, figure.label, figure.column);
    if (figure.value)
      cell.values.push_back({figure.seed, *figure.value, figure.run});
    else
      ++cell.not_a_number;
  }
  for (auto& table : tables) summarise(table);
  std::stable_sort(tables.begin(), tables.end(), [](const MetricTable& a, const MetricTable& b) {
    return protocol_rank(a.protocol) < protocol_rank(b.protocol);
  });
  return tables;
}

MetricTable arrange_cost(std::size_t labels, const std::vector<CostedRun>& runs) {
  std::vector<std::string> machines;
  for (const auto& run : runs)
    if (std::find(machines.begin(), machines.end(), run.machine) == machines.end())
      machines.push_back(run.machine);
  MetricTable table;
  table.protocol = "cost";
  const bool all_free =
      std::all_of(runs.begin(), runs.end(), [](const CostedRun& entry) { return is_free(*entry.run); });
  if (!runs.empty() && all_free) return table;
  for (const auto& cost : kCosts)
    for (const auto& machine : machines) {
      MetricColumn column;
      column.protocol = table.protocol;
      column.name = cost.name;
      column.unit = cost.unit;
      column.better = cost.better;
      if (cost.of_machine && machines.size() > 1) column.machine = machine;
      add_column(table.columns, column);
    }
  table.cells.assign(labels, std::vector<MetricCell>(table.columns.size()));
  for (const auto& [label, machine, run] : runs) {
    if (is_free(*run)) continue;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const auto& column = table.columns[i];
      if (!column.machine.empty() && column.machine != machine) continue;
      const auto* cost = std::find_if(kCosts.begin(), kCosts.end(),
                                      [&](const Cost& entry) { return entry.name == column.name; });
      table.cells[label][i].values.push_back({run->seed, cost->of(*run), run->id});
    }
  }
  summarise(table);
  return table;
}

void mark_best(MetricTable& table, const std::vector<LabelSummary>& labels) {
  table.best.clear();
  table.left_out.assign(table.columns.size(), {});
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    std::vector<Candidate> candidates;
    for (std::size_t label = 0; label < table.cells.size(); ++label) {
      const auto& cell = table.cells[label][column];
      const bool eligible =
          all_numbers(labels[label], cell) && why_for_nothing(table, column, label, labels[label]).empty();
      candidates.push_back({cell.values, eligible});
      if (!eligible && !cell.values.empty()) table.left_out[column].push_back(labels[label].label);
    }
    auto best = find_best(candidates, table.columns[column].better);
    for (const auto label : best.members) {
      const bool leads =
          table.cells[label][column].summary.mean == table.cells[*best.leader][column].summary.mean;
      table.cells[label][column].mark = leads ? Mark::kLeads : Mark::kAlike;
    }
    table.best.push_back(std::move(best));
  }
}

}  // namespace rraebench
