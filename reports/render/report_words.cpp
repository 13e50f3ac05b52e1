#include "reports/render/report_words.hpp"

#include "reports/analysis/metric_tables.hpp"
#include "reports/render/figure_format.hpp"
#include "reports/render/glossary.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

namespace rraebench {

std::int64_t ended_runs(const Comparison& comparison) {
  std::int64_t runs = 0;
  for (const auto& label : comparison.labels) {
    runs += label.tally.ok;
    for (const auto& [status, count] : label.tally.failed) runs += count;
  }
  return runs;
}

std::string summarise(const Comparison& comparison) {
  return fmt::format("Data {} · {} · {} · {}", comparison.dataset, plural(comparison.labels.size(), "model"),
                     plural(comparison.seeds.size(), "seed"), plural(ended_runs(comparison), "run"));
}

std::string describe_end(const FailedRun& run) {
  auto text = fmt::format("{} · {} · seed {} · attempt {}", run.suite, run.comparison, run.seed, run.attempt);
  if (run.signal) text += fmt::format(" · signal {}", *run.signal);
  if (run.exit_code && *run.exit_code != 0) text += fmt::format(" · exit code {}", *run.exit_code);
  return text;
}

std::string describe(const RunTally& tally) {
  auto text = fmt::format("{} of {}", tally.ok, plural(tally.expected, "run"));
  for (const auto& [status, count] : tally.failed)
    text += fmt::format(", {} {}", count, run_status_name(status));
  if (tally.missing > 0) text += fmt::format(", {} missing", tally.missing);
  return text;
}

std::string describe_exception(const MetricCell& cell, const RunTally& tally) {
  std::string text;
  const auto count = static_cast<std::int64_t>(cell.summary.count);
  if (count != tally.ok) text = fmt::format("n={} of {}", count, tally.ok);
  if (cell.not_a_number > 0) text += fmt::format(", {} not a number", cell.not_a_number);
  if (cell.summary.odd_one)
    text += (text.empty() ? "" : ", ") + ("median " + format_figure(cell.summary.median, std::nullopt));
  return text;
}

std::string describe_spread(const MetricCell& cell, std::optional<int> decimals) {
  const auto& summary = cell.summary;
  if (summary.count < 5) return fmt::format("n={}", summary.count);
  const auto figure = [&](double value) { return format_figure(value, decimals); };
  return fmt::format("n={}, median {}, {} to {}", summary.count, figure(summary.median),
                     figure(summary.minimum), figure(summary.maximum));
}

std::vector<std::string> describe_marks(const MetricTable& table, const char* marks) {
  return describe_marks(table, marks, 0, table.columns.size());
}

std::vector<std::string> describe_marks(const MetricTable& table, const char* marks, std::size_t first,
                                        std::size_t last) {
  last = std::min(last, table.best.size());
  std::vector<std::string> sentences;
  const auto columns_with = [&](BestVerdict verdict) {
    std::vector<std::string> titles;
    for (std::size_t i = first; i < last; ++i) {
      if (table.best[i].verdict != verdict) continue;
      const auto kind = column_kind(table.columns[i]);
      titles.push_back(metric_title(table.columns[i].name) + (kind.empty() ? "" : " (" + kind + ")"));
    }
    return titles;
  };
  std::set<std::string> tests;
  for (std::size_t i = first; i < last; ++i) {
    const auto& best = table.best[i];
    if (best.verdict == BestVerdict::kMarked || best.verdict == BestVerdict::kNoDifference)
      tests.insert(fmt::format("{} over {} seeds, Holm's correction for {}", pair_test_name(best.test),
                               best.seeds,
                               best.pairs == 1 ? "one pair" : fmt::format("{} pairs", best.pairs)));
  }
  if (!columns_with(BestVerdict::kMarked).empty())
    sentences.push_back(fmt::format("{} at {} ({}).", marks, kSignificance, fmt::join(tests, "; ")));
  if (const auto titles = columns_with(BestVerdict::kNoDifference); !titles.empty())
    sentences.push_back(fmt::format(
        "Not marked, since no model can be told from the best at {}{}: {}.", kSignificance,
        sentences.empty() ? fmt::format(" ({})", fmt::join(tests, "; ")) : "", fmt::join(titles, ", ")));
  if (const auto titles = columns_with(BestVerdict::kTooFewSeeds); !titles.empty())
    sentences.push_back(
        fmt::format("Not marked, since fewer than two models have {} seeds that all gave a figure which says "
                    "something: {}.",
                    kFewestSeeds, fmt::join(titles, ", ")));
  std::vector<std::string> left_out;
  for (std::size_t i = first; i < last; ++i) {
    if (table.best[i].verdict == BestVerdict::kNoDirection) continue;
    for (const auto& label : table.left_out[i])
      if (std::find(left_out.begin(), left_out.end(), label) == left_out.end()) left_out.push_back(label);
  }
  if (!left_out.empty())
    sentences.push_back(fmt::format(
        "Never marked where a run of theirs failed or gave no number, or where they have the figure for "
        "nothing, having collapsed or covering less than 1 % of the real samples: {}.",
        fmt::join(left_out, ", ")));
  return sentences;
}

std::string describe_figures(std::optional<double> confidence) {
  if (!confidence) return "Means over seeds ± sample standard deviation.";
  return fmt::format("Means over seeds ± half of their {:g} % interval (Student's t).", 100.0 * *confidence);
}

PrintedComparison print_published(const PublishedComparison& entry) {
  PrintedComparison printed;
  printed.published = format_as_given(entry.published);
  if (entry.published_deviation) printed.published += " ± " + format_as_given(*entry.published_deviation);
  if (!entry.ours) return printed;
  const auto& summary = entry.ours->summary;
  const auto decimals = column_decimals({entry.published, summary.mean});
  const auto ours = print_figure(summary, std::nullopt, decimals);
  printed.ours = ours.mean + (ours.spread.empty() ? "" : " ± " + ours.spread);
  printed.count = describe_spread(*entry.ours, decimals);
  if (entry.budget_share != 1.0) printed.count += fmt::format(", {:g} of the training", entry.budget_share);
  const double gap = summary.mean - entry.published;
  printed.gap = format_signed(gap, ours.decimals);
  const auto& better = entry.column.better;
  const bool differs = printed.gap.find_first_of("123456789") != std::string::npos;
  if (differs && !better.empty()) printed.gap += (better == "lower") == (gap < 0.0) ? ", better" : ", worse";
  return printed;
}

std::string describe_absence(const MetricCell& cell, const RunTally& tally) {
  if (cell.not_a_number > 0) return "not a number in " + plural(cell.not_a_number, "run");
  if (tally.ok > 0) return cell.why_absent.empty() ? "not measured" : cell.why_absent;
  std::string text;
  for (const auto& [status, count] : tally.failed)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, run_status_name(status));
  return text.empty() ? "not run" : text;
}

std::vector<std::pair<std::string, std::string>> environment_facts(const EnvironmentUse& use) {
  const auto& e = use.environment;
  std::vector<std::pair<std::string, std::string>> facts = {
      {"Runs", fmt::format("{}", use.runs)},
      {"Device", e.device},
      {"Processor", e.cpu.empty() ? "" : fmt::format("{}, {}", e.cpu, plural(e.cores, "core"))},
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

std::string describe_databases(const ComparisonReport& report) {
  auto text = report.database_path;
  for (const auto& path : report.options.further_databases) text += ", " + path;
  return text;
}

std::vector<std::string> report_commands(const ComparisonReport& report) {
  const auto database = quote_shell(report.database_path);
  std::vector<std::string> commands;
  std::set<std::string> seen;
  std::string folder;
  for (const auto& given : report.commands) {
    seen.insert(given.suite);
    if (given.folder != folder && !given.folder.empty())  // Results may be published without it.
      commands.push_back("cd " + quote_shell(given.folder));
    folder = given.folder;
    commands.push_back(given.command);
  }
  for (const auto& comparison : report.comparisons)
    if (seen.insert(comparison.suite).second)
      commands.push_back(fmt::format("rraebench run {} --db {}", quote_shell(comparison.suite), database));
  commands.push_back(fmt::format("rraebench query --db {} --view leaderboard", database));
  commands.push_back(report.options.command.empty() ? fmt::format("rraebench report --db {}", database)
                                                    : report.options.command);
  return commands;
}

namespace {

/// What a column of figures of the real samples says for all models; nothing where it is none, or where they
/// differ.
std::optional<double> shared_value(const MetricTable& table, std::size_t column) {
  if (!is_of_real_samples(table.columns[column].name)) return std::nullopt;
  std::optional<double> value;
  for (const auto& row : table.cells) {
    const auto& summary = row[column].summary;
    if (row[column].not_a_number > 0) return std::nullopt;
    if (summary.count == 0) continue;
    if (!value) value = summary.mean;
    const double slack = 1e-6 * std::abs(*value);  // The rounding of single precision.
    if (!(summary.minimum >= *value - slack && summary.maximum <= *value + slack)) return std::nullopt;
  }
  return value;
}

}  // namespace

ShownTable shown_table(const MetricTable& table) {
  ShownTable shown;
  shown.table.protocol = table.protocol;
  shown.table.cells.resize(table.cells.size());
  std::vector<std::string> shared;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    if (const auto value = shared_value(table, column)) {
      const auto& figure = table.columns[column];
      auto title = metric_title(figure.name);
      title[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(title[0])));
      const auto text = fmt::format("{} {}{}{}", title, format_figure(*value, std::nullopt, 4),
                                    figure.unit.empty() ? "" : " ", figure.unit);
      if (std::find(shared.begin(), shared.end(), text) == shared.end()) shared.push_back(text);
      continue;
    }
    shown.table.columns.push_back(table.columns[column]);
    for (std::size_t label = 0; label < table.cells.size(); ++label)
      shown.table.cells[label].push_back(table.cells[label][column]);
    if (column < table.best.size()) shown.table.best.push_back(table.best[column]);
    if (column < table.left_out.size()) shown.table.left_out.push_back(table.left_out[column]);
  }
  if (shown.table.columns.empty()) return {table, basis_of(table)};
  shown.basis = basis_of(shown.table);
  shared.insert(shared.begin(), shown.basis.common);
  shown.basis.common = join_parts(shared);
  return shown;
}

TableBasis basis_of(const MetricTable& table) {
  const auto& columns = table.columns;
  const auto all_have = [&](auto part) {
    return std::all_of(columns.begin(), columns.end(),
                       [&](const MetricColumn& column) { return part(column) == part(columns.front()); });
  };
  const bool same_instrument = all_have(column_instrument);
  const bool same_counts = all_have(column_counts);
  const auto parts_of = [&](const MetricColumn& column, bool of_instrument, bool of_counts) {
    return join_parts(
        {of_instrument ? column_instrument(column) : "", of_counts ? column_counts(column) : ""});
  };
  TableBasis basis;
  if (!columns.empty()) basis.common = parts_of(columns.front(), same_instrument, same_counts);
  for (const auto& column : columns) basis.own.push_back(parts_of(column, !same_instrument, !same_counts));
  return basis;
}

std::vector<std::pair<std::string, MetricText>> shown_definitions(const ComparisonReport& report) {
  std::vector<std::pair<std::string, MetricText>> shown;
  std::set<std::string> seen;
  for (const auto& comparison : report.comparisons)
    for (const auto& table : comparison.tables)
      for (const auto& column : table.columns)
        if (const auto found = report.options.definitions.find(column.name);
            found != report.options.definitions.end() && seen.insert(column.name).second)
          shown.emplace_back(column.name, found->second);
  return shown;
}

}  // namespace rraebench
