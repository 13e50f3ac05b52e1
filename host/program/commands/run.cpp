#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/quantities.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/planning/plan_file.hpp"
#include "host/program/planning/resources.hpp"
#include "host/program/running/suite_session.hpp"
#include "host/program/standard_output.hpp"
#include "host/program/suites/limits.hpp"
#include "host/program/utf8_names.hpp"
#include "reports/render/table_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>

namespace rraebench {
namespace {

namespace po = boost::program_options;

/// Only the columns that say something.
Table plan_table(const RunPlan& plan) {
  const bool estimated = std::any_of(plan.entries.begin(), plan.entries.end(), [](const PlanEntry& entry) {
    return entry.estimate.seconds.has_value();
  });
  Table table{{"suite", "comparison", "model", "seed", "state"}, {}};
  if (estimated) table.columns.insert(table.columns.end(), {"time", "memory", "disk"});
  table.columns.emplace_back("why");
  for (const auto& [judged, task, estimate] : plan.entries) {
    const auto& spec = judged.run.spec;
    std::vector<Cell> row{spec.suite, spec.comparison, spec.label, spec.seed,
                          std::string(run_state_name(judged.state))};
    if (estimated) {
      row.emplace_back(estimate.seconds ? duration_text(*estimate.seconds) : "");
      row.emplace_back(estimate.memory_bytes ? size_text(*estimate.memory_bytes) : "");
      row.emplace_back(estimate.disk_bytes ? size_text(*estimate.disk_bytes) : "");
    }
    row.emplace_back(judged.why);
    table.rows.push_back(std::move(row));
  }
  return table;
}

template <typename Value>
Cell cell_of(const std::optional<Value>& value) {
  return value ? Cell(*value) : Cell();
}

/// All columns, always.
Table plan_list(const RunPlan& plan) {
  Table table{{"task", "suite", "comparison", "dataset", "model", "plugin", "seed", "state", "why",
               "identity", "expected_seconds", "expected_memory_bytes", "expected_disk_bytes"},
              {}};
  for (const auto& [judged, task, estimate] : plan.entries) {
    const auto& spec = judged.run.spec;
    table.rows.push_back({cell_of(task), spec.suite, spec.comparison, spec.dataset, spec.label, spec.plugin,
                          spec.seed, std::string(run_state_name(judged.state)), judged.why,
                          judged.run.identity, cell_of(estimate.seconds), cell_of(estimate.memory_bytes),
                          cell_of(estimate.disk_bytes)});
  }
  return table;
}

/// What the runs to do will take, as far as earlier ones tell.
void say_total(const RunPlan& plan, std::int64_t jobs) {
  std::vector<Estimate> estimates;
  std::size_t unknown = 0;
  std::int64_t disk = 0;
  for (const auto& entry : plan.entries) {
    if (!entry.task) continue;
    estimates.push_back(entry.estimate);
    disk += entry.estimate.disk_bytes.value_or(0);
    if (!entry.estimate.seconds) ++unknown;
  }
  std::cerr << fmt::format("{} of {} runs would be done", estimates.size(), plan.entries.size());
  if (unknown < estimates.size())
    std::cerr << fmt::format(
        ", about {} with --jobs {}, {} in the results{}", duration_text(makespan(estimates, jobs)), jobs,
        size_text(disk),
        unknown > 0 ? fmt::format("; without {} that no earlier run tells of", unknown) : "");
  std::cerr << "\n";
}

/// Small fully connected networks are trained on one core each, however many there are.
void say_better_jobs(const RunPlan& plan, std::int64_t jobs) {
  const auto small = std::count_if(plan.entries.begin(), plan.entries.end(), [](const PlanEntry& entry) {
    return entry.task && entry.judged.run.spec.network_family == "mlp";
  });
  const auto useful = std::min<std::int64_t>(small, usable_cores());
  if (useful > jobs)
    std::cerr << fmt::format("{} of them train fully connected networks, on one core each: --jobs {}\n",
                             small, useful);
}

/// Sums of floating-point numbers depend on how threads share them out.
void say_other_threads(const RunPlan& plan, std::int64_t threads) {
  const auto others = std::count_if(plan.entries.begin(), plan.entries.end(), [&](const PlanEntry& entry) {
    const auto& judged = entry.judged;
    return judged.state == RunState::kCached && judged.threads != 0 && judged.threads != threads;
  });
  if (others > 0)
    std::cerr << fmt::format(
        "{} of the complete runs were made with another number of threads than the {} of now: what is "
        "trained "
        "now is another draw than it would be with theirs, as with another seed (--threads)\n",
        others, threads);
}

TableFormat plan_format(const po::variables_map& values) {
  return parse_table_format(values.count("format") > 0 ? values["format"].as<std::string>() : "table");
}

void print_plan(const RunPlan& plan, TableFormat format, const ExecutionRequest& execution) {
  if (format == TableFormat::kJson) {
    write_plan(std::cout, plan);
    return;
  }
  std::cout << format_table(format == TableFormat::kCsv ? plan_list(plan) : plan_table(plan), format,
                            output_layout())
            << std::flush;
  if (format != TableFormat::kText) return;
  say_total(plan, execution.jobs);
  say_better_jobs(plan, execution.jobs);
  say_other_threads(plan, execution.threads);
}

int run_suites(const po::variables_map& values, const std::string& command) {
  const bool only_plan = values.count("plan") > 0;
  if (values.count("format") > 0 && !only_plan)
    throw UserError("--format is of --plan; a report of the results is written by rraebench report");
  if (values.count("task") > 0)
    throw UserError("--task is of --plan-file, which rraebench run SUITE --plan --format json makes");
  const auto format = plan_format(values);
  PlanPurpose purpose;
  purpose.judged = only_plan;
  purpose.elsewhere = only_plan && format == TableFormat::kJson;
  const auto plan = plan_suites(values, values["db"].as<std::string>(), purpose);
  const auto request = session_of(plan, values, command);
  require_resources(request);
  if (!only_plan) return run_session(request);
  print_plan(plan, format, request.execution);
  return kExitOk;
}

/// The plan has its own.
void refuse_options_of_suites(const po::variables_map& values) {
  if (values.count("suite") > 0) throw UserError("give either suites or --plan-file");
  for (const char* option :
       {"models", "model", "datasets", "dataset", "comparison", "seeds", "scale", "precision", "keep",
        "device", "plugin-dir", "timeout", "memory", "checkpoint-every", "plan", "format"})
    if (values.count(option) > 0 && !values[option].defaulted())
      throw UserError(
          std::string("--") + option +
          " was settled when the plan was made; make another: rraebench run SUITE --plan --format "
          "json");
}

int run_plan_file(const po::variables_map& values, const std::string& command) {
  refuse_options_of_suites(values);
  for (const char* option : {"plan-file", "db"})
    require_utf8(std::string("--") + option, values[option].as<std::string>());
  const auto file = std::filesystem::absolute(values["plan-file"].as<std::string>());
  std::optional<std::int64_t> task;
  if (values.count("task") > 0) task = values["task"].as<std::int64_t>();
  auto plan = read_plan(file, task);
  if (!values["cache-dir"].defaulted())
    plan.execution.cache_dir = std::filesystem::absolute(values["cache-dir"].as<std::string>()).string();
  // Data are known by what they hold: on another machine they may lie elsewhere.
  if (!values["data-dir"].defaulted())
    plan.execution.data_dir = std::filesystem::absolute(values["data-dir"].as<std::string>()).string();
  auto request = session_of(plan, values, command);
  request.planned = plan.runs_to_do();
  for (const auto& run : request.planned)
    require_precision(run.spec.training.precision, run.spec.device,
                      file.string() + ": " + run.spec.suite + ": ");
  request.is_part = task.has_value();
  if (values["db"].defaulted())
    request.database = task ? file.parent_path() / "tasks" / (std::to_string(*task) + ".db")
                            : std::filesystem::path(plan.database);
  else
    request.database = std::filesystem::absolute(request.database);
  std::error_code error;
  std::filesystem::current_path(plan.execution.folder, error);
  if (error)
    throw UserError(plan.execution.folder +
                    ": the folder in which the plan was made cannot be entered: " + error.message());
  require_resources(request);
  return run_session(request);
}

}  // namespace

CommandLine run_command_line() {
  CommandLine line{
      "rraebench run SUITE... [OPTION...]",
      "Trains and measures every model of the suites under every seed, each run in a process of "
      "its own, and\n"
      "stores the figures. What is complete already is not run again; what was cut off goes on.",
      po::options_description("options"),
      "suite",
      -1,
      {"rraebench run quick", "rraebench run mnist-quick --data-dir ~/data --seeds 0:3",
       "rraebench run rrae-table2 --scale 0.1", "rraebench run my-suite.toml --models vae --plan",
       "rraebench run quick --plan --format json > plan.json",
       "rraebench run --plan-file plan.json --task 3 --db 3.db"}};
  line.options.add_options()("plan", "show what would run, and run nothing")(
      "format", po::value<std::string>(),
      "of --plan: table, csv, markdown, or json, which --plan-file reads")(
      "plan-file", po::value<std::string>(), "carry out such a plan instead of suites, with its settings")(
      "task", po::value<std::int64_t>(), "of the plan file only this task, into a database of its own");
  add_execution_options(line.options);
  line.options.add_options()("db", po::value<std::string>()->default_value("results.db"),
                             "results database; of a task the default is tasks/N.db beside the plan file");
  add_suite_options(line.options);
  add_planning_options(line.options);
  return line;
}

int run_run(const std::vector<std::string>& arguments) {
  auto line = run_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto& values = *parsed;
  install_stop_signals();
  execution_request(values, {});
  const auto command = shell_command("run", arguments);
  // All that can be wrong with the input is found before the database is touched.
  if (values.count("plan-file") > 0) return run_plan_file(values, command);
  if (values.count("suite") == 0)
    throw UserError("run which suite? usage: " + line.usage + " (rraebench list suites)");
  return run_suites(values, command);
}

}  // namespace rraebench
