#include "reports/render/report_words.hpp"

#include "reports/analysis/figure_format.hpp"
#include "reports/render/glossary.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace rraebench {
namespace {

std::string counted(std::size_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::string summarise(const Comparison& comparison) {
  std::int64_t runs = 0;
  for (const auto& label : comparison.labels) {
    runs += label.tally.ok;
    for (const auto& [status, count] : label.tally.failed) runs += count;
  }
  return fmt::format("Data {} · {} · {} · {}", comparison.dataset, counted(comparison.labels.size(), "model"),
                     counted(comparison.seeds.size(), "seed"),
                     counted(static_cast<std::size_t>(runs), "run"));
}

std::string describe_end(const FailedRun& run) {
  auto text = fmt::format("{} · {} · seed {} · attempt {}", run.suite, run.comparison, run.seed, run.attempt);
  if (run.signal) text += fmt::format(" · signal {}", *run.signal);
  if (run.exit_code && *run.exit_code != 0) text += fmt::format(" · exit code {}", *run.exit_code);
  return text;
}

std::string describe_spread(const MetricCell& cell, std::optional<int> decimals) {
  if (cell.n < 5) return fmt::format("n={}", cell.n);
  const auto figure = [&](double value) { return format_figure(value, decimals); };
  return fmt::format("n={}, median {}, {} to {}", cell.n, figure(cell.median), figure(cell.minimum),
                     figure(cell.maximum));
}

std::string describe_absence(const MetricCell& cell, const RunTally& tally) {
  if (cell.not_a_number > 0)
    return "not a number in " + counted(static_cast<std::size_t>(cell.not_a_number), "run");
  return tally.ok == 0 ? "no run is ok" : "not measured";
}

std::vector<std::pair<std::string, std::string>> environment_facts(const EnvironmentUse& use) {
  const auto& e = use.environment;
  std::vector<std::pair<std::string, std::string>> facts = {
      {"Runs", fmt::format("{}", use.runs)},
      {"Device", e.device},
      {"Processor",
       e.cpu.empty() ? "" : fmt::format("{}, {}", e.cpu, counted(static_cast<std::size_t>(e.cores), "core"))},
      {"Threads", fmt::format("{}", e.threads)},
      {"Memory", e.memory_bytes > 0 ? fmt::format("{:.1f} GiB", static_cast<double>(e.memory_bytes) /
                                                                    (1024.0 * 1024.0 * 1024.0))
                                    : ""},
      {"System", e.operating_system},
      {"LibTorch", e.libtorch_version},
      {"BLAS", e.blas},
      {"Compiler", e.compiler},
      {"rraebench", e.program_version}};
  facts.erase(
      std::remove_if(facts.begin(), facts.end(), [](const auto& fact) { return fact.second.empty(); }),
      facts.end());
  return facts;
}

std::vector<std::string> report_commands(const ComparisonReport& report) {
  const auto database = quote_shell(report.database_path);
  std::vector<std::string> commands;
  std::set<std::string> seen;
  for (const auto& comparison : report.comparisons)
    if (seen.insert(comparison.suite).second)
      commands.push_back(fmt::format("rraebench run {} --db {}", quote_shell(comparison.suite), database));
  commands.push_back(fmt::format("rraebench query --db {} --view leaderboard", database));
  commands.push_back(report.options.command.empty() ? fmt::format("rraebench report --db {}", database)
                                                    : report.options.command);
  return commands;
}

std::string common_basis(const MetricTable& table) {
  std::string common;
  for (const auto& column : table.columns) {
    const auto basis = column_basis(column);
    if (basis != column_basis(table.columns.front())) return {};
    common = basis;
  }
  return common;
}

std::vector<std::pair<std::string, MetricText>> shown_definitions(const ComparisonReport& report) {
  std::vector<std::pair<std::string, MetricText>> shown;
  std::set<std::string> seen;
  for (const auto& comparison : report.comparisons)
    for (const auto& table : comparison.tables)
      for (const auto& column : table.columns)
        if (const auto found = report.options.definitions.find(column.name);
            found != report.options.definitions.end() && seen.insert(column.name).second)
          shown.emplace_back(metric_title(column.name), found->second);
  return shown;
}

}  // namespace rraebench
