#include "reports/analysis/build_report.hpp"

#include "reports/analysis/absence.hpp"
#include "reports/analysis/claims.hpp"
#include "reports/analysis/comparison_notes.hpp"
#include "reports/analysis/labelled_run.hpp"
#include "reports/analysis/metric_tables.hpp"
#include "reports/analysis/published_figures.hpp"
#include "reports/analysis/rows_by_run.hpp"
#include "reports/analysis/run_series.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace rraebench {
namespace {

template <typename T>
void add_once(std::vector<T>& list, const T& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

// Comparisons with their labels, nothing else yet.
std::vector<Comparison> lay_out(const std::vector<Place>& places) {
  std::vector<std::string> suites;
  std::vector<std::string> colours;
  for (const auto& place : places) add_once(suites, place.suite);
  std::vector<Comparison> comparisons;
  for (const auto& place : places) {
    auto found = std::find_if(comparisons.begin(), comparisons.end(),
                              [&](const Comparison& comparison) { return stands_at(comparison, place); });
    if (found == comparisons.end()) {
      found = comparisons.insert(comparisons.end(), Comparison{});
      found->suite = place.suite;
      found->name = place.comparison;
      found->dataset = place.dataset;
    }
    add_once(colours, place.label);
    auto& label = found->labels.emplace_back();
    label.label = place.label;
    label.colour =
        static_cast<std::size_t>(std::find(colours.begin(), colours.end(), place.label) - colours.begin());
  }
  const auto rank = [&](const Comparison& comparison) {
    return std::find(suites.begin(), suites.end(), comparison.suite);
  };
  std::stable_sort(comparisons.begin(), comparisons.end(),
                   [&](const Comparison& a, const Comparison& b) { return rank(a) < rank(b); });
  return comparisons;
}

void count_runs(Comparison& comparison, const std::vector<LabelledRun>& runs) {
  std::set<std::int64_t> seeds;
  for (const auto& [label, run] : runs) seeds.insert(run->seed);
  comparison.seeds.assign(seeds.begin(), seeds.end());
  for (const auto& [label, run] : runs) {
    auto& summary = comparison.labels[label];
    summary.model = run->model;
    summary.options = model_options(run->spec_json);
    if (run->status == RunStatus::kOk)
      ++summary.tally.ok;
    else
      ++summary.tally.failed[run->status];
    if (!tells_of_model(*run)) ++summary.tally.unfinished;
  }
  for (auto& summary : comparison.labels) {
    auto& tally = summary.tally;
    tally.expected = static_cast<std::int64_t>(comparison.seeds.size());
    tally.missing = tally.expected - tally.ok;
    for (const auto& [status, count] : tally.failed) tally.missing -= count;
  }
}

/// Models of whose latent nothing is left active in any run.
void find_collapsed(Comparison& comparison, const std::vector<LabelledRun>& ok_runs) {
  std::map<std::size_t, double> most;
  for (const auto& [label, run] : ok_runs)
    if (run->active_units) most[label] = std::max(most[label], *run->active_units);
  for (const auto& [label, units] : most) comparison.labels[label].collapsed = units == 0.0;
}

/// Settings of each label's last run; options in one line.
void add_settings(Comparison& comparison, const std::vector<LabelledRun>& runs,
                  const std::vector<PluginRecord>& plugins) {
  std::vector<std::vector<Setting>> settings(comparison.labels.size());
  std::vector<std::map<std::string, std::string>> options;
  for (const auto& [label, run] : runs) {
    settings[label] = settings_of(run->spec_json);
    auto& summary = comparison.labels[label];
    summary.version = run->plugin_version;
    summary.budget_share = budget_share(run->spec_json);
    for (const auto& plugin : plugins)
      if (plugin.sha256 == run->plugin_sha256) {
        summary.summary = plugin.summary;
        summary.citation = plugin.citation;
      }
  }
  for (const auto& label : comparison.labels) options.push_back(label.options);
  auto [common, own] = split_settings(settings);
  const auto lines = option_lines(options);
  comparison.settings = std::move(common);
  for (std::size_t label = 0; label < comparison.labels.size(); ++label) {
    comparison.labels[label].settings = std::move(own[label]);
    comparison.labels[label].option_line = lines[label];
  }
}

/// What times depend on: "AMD EPYC, 2 threads, 2 runs at once".
std::string machine_of(const std::vector<EnvironmentRow>& environments, const RunRow& run) {
  const auto found = std::find_if(environments.begin(), environments.end(),
                                  [&](const EnvironmentRow& row) { return row.id == run.environment_id; });
  if (found == environments.end()) return {};
  const auto& e = found->environment;
  return fmt::format("{}{}, {}{}", e.cpu, e.device == "cpu" ? "" : " " + e.device,
                     plural(e.threads, "thread"),
                     run.jobs > 1 ? fmt::format(", {} runs at once", run.jobs) : "");
}

void fill(Comparison& comparison, const ReportRows& rows, const RunData& data,
          const std::vector<LabelledRun>& runs) {
  std::vector<LabelledRun> ok_runs;
  std::vector<LabelledFigure> figures;
  std::vector<CostedRun> costs;
  std::set<std::string> machines;
  for (const auto& [label, run] : runs) {
    if (run->status != RunStatus::kOk) continue;
    ok_runs.push_back({label, run});
    costs.push_back({label, machine_of(rows.environments, *run), run});
    machines.insert(costs.back().machine);
  }
  // Of each label in the order in which they were measured, whatever the seed.
  auto by_id = ok_runs;
  std::sort(by_id.begin(), by_id.end(), [](const LabelledRun& a, const LabelledRun& b) {
    return std::pair(a.label, a.run->id) < std::pair(b.label, b.run->id);
  });
  for (const auto& [label, run] : by_id)
    for (const auto* figure : data.figures.of(run->id)) {
      figures.push_back({label, run->seed, run->id, figure->column, figure->value});
      if (machines.size() > 1 && is_of_machine(figure->column))
        figures.back().column.machine = machine_of(rows.environments, *run);
    }
  count_runs(comparison, runs);
  comparison.tables = arrange_metrics(comparison.labels.size(), figures);
  comparison.cost = arrange_cost(comparison.labels.size(), costs);
  find_collapsed(comparison, ok_runs);
  std::vector<AskedOfLabel> asked(comparison.labels.size());
  for (const auto& [label, run] : ok_runs) {
    asked[label].samplers = samplers_of(run->spec_json);
    for (const auto& note : rows.notes)
      if (note.run_id == run->id) asked[label].notes.push_back(note.text);
  }
  explain_absences(comparison.tables, asked);
  for (auto& table : comparison.tables) mark_best(table, comparison.labels);
  mark_best(comparison.cost, comparison.labels);
  add_settings(comparison, runs, rows.plugins);
  add_series(comparison, data, runs);
  add_published(comparison, rows.published);
  add_notes(comparison, ok_runs, rows);
}

std::vector<GivenCommand> given_commands(const std::vector<RunRow>& runs) {
  auto by_id = std::vector<const RunRow*>();
  for (const auto& run : runs)
    if (!run.command.empty()) by_id.push_back(&run);
  std::sort(by_id.begin(), by_id.end(), [](const RunRow* a, const RunRow* b) { return a->id > b->id; });
  std::vector<GivenCommand> commands;
  for (const auto* run : by_id)
    if (std::none_of(commands.begin(), commands.end(), [&](const GivenCommand& known) {
          return known.command == run->command && known.folder == run->folder;
        }))
      commands.push_back({run->place.suite, run->command, run->folder});
  return commands;
}

/// Without runs that count, beside one of the same name that has some: its data set was another one before.
void drop_replaced(std::vector<Comparison>& comparisons) {
  const auto is_replaced = [&](const Comparison& comparison) {
    return comparison.seeds.empty() &&
           std::any_of(comparisons.begin(), comparisons.end(), [&](const Comparison& other) {
             return other.suite == comparison.suite && other.name == comparison.name && !other.seeds.empty();
           });
  };
  std::vector<Comparison> kept;
  for (auto& comparison : comparisons)
    if (!is_replaced(comparison)) kept.push_back(comparison);
  comparisons = std::move(kept);
}

FailedRun failed_run(const RunRow& run) {
  return {run.place.suite, run.place.comparison, run.place.dataset, run.place.label,
          run.seed,        run.attempt,          run.status,        run.exit_code,
          run.signal,      run.message,          run.stderr_tail};
}

}  // namespace

ComparisonReport build_report(const ReportRows& rows, const ReportOptions& options) {
  ComparisonReport report;
  report.options = options;
  report.database_path = rows.database_path;
  report.schema_version = rows.schema_version;
  report.comparisons = lay_out(rows.places);
  const RunData data(rows);
  std::map<std::int64_t, std::int64_t> runs_in_environment;
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<const RunRow*>> runs_at;
  for (const auto& run : rows.runs) {
    runs_at[{run.place.suite, run.place.comparison, run.place.dataset}].push_back(&run);
    ++runs_in_environment[run.environment_id];
  }
  for (auto& comparison : report.comparisons) {
    std::vector<LabelledRun> runs;
    for (const auto* run : runs_at[{comparison.suite, comparison.name, comparison.dataset}]) {
      runs.push_back({label_index(comparison, run->place.label), run});
      ++report.runs;
      if (run->status == RunStatus::kOk) ++report.ok_runs;
    }
    std::stable_sort(runs.begin(), runs.end(),
                     [](const LabelledRun& a, const LabelledRun& b) { return a.label < b.label; });
    fill(comparison, rows, data, runs);
  }
  drop_replaced(report.comparisons);
  report.claims = decide_claims(report.comparisons, rows.claims);
  report.commands = given_commands(rows.runs);
  auto by_id = std::vector<const RunRow*>();
  for (const auto& run : rows.runs)
    if (run.status != RunStatus::kOk) by_id.push_back(&run);
  std::sort(by_id.begin(), by_id.end(), [](const RunRow* a, const RunRow* b) { return a->id < b->id; });
  for (const auto* run : by_id) report.failures.push_back(failed_run(*run));
  for (const auto& row : rows.environments)
    if (const auto found = runs_in_environment.find(row.id); found != runs_in_environment.end())
      report.environments.push_back({row.environment, found->second});
  return report;
}

}  // namespace rraebench
