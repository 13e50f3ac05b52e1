#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/command.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/executor.hpp"
#include "host/program/progress_display.hpp"
#include "host/program/spec_differences.hpp"
#include "reports/database.hpp"
#include "reports/table_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <sched.h>
#include <set>

namespace rraebench {
namespace {

namespace po = boost::program_options;

/// Stale: there is a result, of other options, data or another build of the plugin.
enum class RunState { kNew, kCached, kStale, kFailed, kInterrupted };

struct JudgedRun {
  PlannedRun run;
  RunState state = RunState::kNew;
  std::string why;  // What an attempt that failed said, or what makes a result stale.
};

const char* state_name(RunState state) {
  switch (state) {
    case RunState::kNew:
      return "new";
    case RunState::kCached:
      return "cached";
    case RunState::kStale:
      return "stale";
    case RunState::kFailed:
      return "failed";
    case RunState::kInterrupted:
      return "interrupted";
  }
  return "new";
}

JudgedRun judge_run(const PlannedRun& run, const ResultsDatabase& database) {
  if (const auto latest = database.latest_run(run.identity)) {
    const auto state = latest->status == RunStatus::kOk            ? RunState::kCached
                       : latest->status == RunStatus::kInterrupted ? RunState::kInterrupted
                                                                   : RunState::kFailed;
    return {run, state, latest->message};
  }
  const auto& spec = run.spec;
  const auto other = database.last_spec(spec.suite, spec.comparison, spec.dataset, spec.label, spec.seed);
  if (!other) return {run, RunState::kNew, ""};
  const auto before = nlohmann::json::parse(*other, nullptr, /*allow_exceptions=*/false);
  return {run, RunState::kStale, before.is_object() ? spec_differences(before, to_json(spec)) : ""};
}

std::vector<JudgedRun> judge_runs(const std::vector<PlannedRun>& runs, const ResultsDatabase* database) {
  std::vector<JudgedRun> judged;
  for (const auto& run : runs)
    judged.push_back(database == nullptr ? JudgedRun{run, RunState::kNew, ""} : judge_run(run, *database));
  return judged;
}

Table plan_table(const std::vector<JudgedRun>& runs) {
  Table table{{"suite", "comparison", "model", "seed", "state", "why"}, {}};
  for (const auto& [run, state, why] : runs)
    table.rows.push_back({run.spec.suite, run.spec.comparison, run.spec.label, run.spec.seed,
                          std::string(state_name(state)), why});
  return table;
}

/// Cores that this process may use, which a container or taskset may have narrowed.
std::int64_t usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

std::int64_t positive(const po::variables_map& values, const std::string& option) {
  const auto value = values[option].as<std::int64_t>();
  if (value < 1) throw UserError("--" + option + " is " + std::to_string(value) + " but must be at least 1");
  return value;
}

CommandLine make_command_line() {
  CommandLine line{
      "rraebench run SUITE... [OPTION...]",
      "Trains and measures every model of the suites under every seed, each run in a process of "
      "its own, and\n"
      "stores the figures. What is complete already is not run again; what was cut off goes on.",
      po::options_description("options"),
      "suite",
      -1,
      {"rraebench run quick", "rraebench run mnist-quick --data-dir ~/data --seeds 0:3",
       "rraebench run rrae-table2 --scale 0.1", "rraebench run my-suite.toml --models vae --plan"}};
  using Texts = std::vector<std::string>;
  line.options.add_options()("plan", "show what would run, and run nothing")(
      "retry", "run again what failed before")("force", "run again what is complete, too")(
      "models", po::value<Texts>(), "only these, by plugin name or label; a list with commas")(
      "datasets", po::value<Texts>(), "only comparisons on these")("seeds", po::value<std::string>(),
                                                                   "instead of the suite's: 0,3 or 0:5")(
      "scale", po::value<double>()->default_value(1.0, "1"),
      "share of every stage's steps to train, such as 0.1; figures are kept apart")(
      "jobs,j", po::value<std::int64_t>()->default_value(1), "runs at a time; the cores are shared out")(
      "threads", po::value<std::int64_t>(), "threads of each run (default: all usable cores / jobs)")(
      "db", po::value<std::string>()->default_value("results.db"), "results database");
  add_planning_options(line.options);
  return line;
}

PlanRequest plan_request(const po::variables_map& values) {
  auto request = planning_request(values);
  request.models = split_list(values, "models");
  request.datasets = split_list(values, "datasets");
  if (values.count("seeds") > 0) request.seeds = parse_seeds(values["seeds"].as<std::string>());
  return request;
}

std::int64_t count_of(const std::vector<JudgedRun>& runs, RunState state) {
  return std::count_if(runs.begin(), runs.end(), [&](const JudgedRun& run) { return run.state == state; });
}

std::vector<PlannedRun> select_runs(const std::vector<JudgedRun>& judged, bool retry, bool force) {
  std::vector<PlannedRun> selected;
  for (const auto& [run, state, why] : judged) {
    const bool wanted = force || state == RunState::kNew || state == RunState::kStale ||
                        state == RunState::kInterrupted || (retry && state == RunState::kFailed);
    if (wanted) selected.push_back(run);
  }
  return selected;
}

}  // namespace

int run_run(const std::vector<std::string>& arguments) {
  auto line = make_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto& values = *parsed;
  if (values.count("suite") == 0)
    throw UserError("run which suite? usage: " + line.usage + " (rraebench list suites)");

  // All that can be wrong with the input is found before the database is touched.
  const auto request = plan_request(values);
  ExecutionRequest execution;
  execution.jobs = positive(values, "jobs");
  execution.threads = values.count("threads") > 0
                          ? positive(values, "threads")
                          : std::max<std::int64_t>(1, usable_cores() / execution.jobs);
  execution.data_dir = request.data_dir;
  execution.cache_folder = request.cache_dir;
  const std::string database_path = values["db"].as<std::string>();
  execution.checkpoint_folder = database_path + ".checkpoints";
  std::vector<Suite> suites;
  for (const auto& name : values["suite"].as<std::vector<std::string>>())
    suites.push_back(with_budget(load_suite(name), values["scale"].as<double>()));
  const auto plugins = discover_plugins(request.plugin_folders, execution.cache_folder);
  const auto planned = plan_with_progress(suites, plugins, request);

  if (values.count("plan") > 0) {
    std::optional<ResultsDatabase> existing;
    if (std::filesystem::exists(database_path))
      existing.emplace(ResultsDatabase::open_read_only(database_path));
    std::cout << format_table(plan_table(judge_runs(planned, existing ? &*existing : nullptr)),
                              TableFormat::kText);
    return kExitOk;
  }

  auto database = ResultsDatabase::open_or_create(database_path);
  for (const auto& suite : suites) {
    std::vector<PublishedRecord> published;
    for (const auto& comparison : suite.comparisons)
      published.insert(published.end(), comparison.published.begin(), comparison.published.end());
    database.set_published(suite.name, published);
  }
  const auto judged = judge_runs(planned, &database);
  const bool force = values.count("force") > 0;
  const auto selected = select_runs(judged, values.count("retry") > 0, force);

  std::set<std::string> failed;
  for (const auto& entry : judged)
    if (entry.state == RunState::kFailed) failed.insert(entry.run.identity);
  const auto stale = count_of(judged, RunState::kStale);
  std::cerr << fmt::format(
      "{} runs: {} to do{}, {} complete; {} at a time with {} threads each; results in {}\n", judged.size(),
      selected.size(), stale > 0 ? fmt::format(" ({} stale: --plan says why)", stale) : "",
      force ? 0 : count_of(judged, RunState::kCached), execution.jobs, execution.threads, database_path);
  install_stop_signals();
  {
    ProgressDisplay display(selected.size());
    execute_runs(selected, execution, display, [&](RunRecord run) {
      run.attempt = database.next_attempt(run.identity);
      database.store(run);
      if (run.status == RunStatus::kOk) failed.erase(run.identity);
      if (run.status != RunStatus::kOk && run.status != RunStatus::kInterrupted) failed.insert(run.identity);
    });
  }
  std::error_code ignored;
  std::filesystem::remove(execution.checkpoint_folder, ignored);  // Only when it is empty.
  if (stop_requested()) {
    std::cerr << "stopped; the same command goes on from here\n";
    return kExitInterrupted;
  }
  if (!failed.empty()) {
    std::cerr << fmt::format("{} of {} runs failed: rraebench query --view failures --db {}\n", failed.size(),
                             judged.size(), database_path);
    return kExitSomeFailed;
  }
  std::cerr << fmt::format("all {} runs are complete: rraebench report --db {}\n", judged.size(),
                           database_path);
  return kExitOk;
}

}  // namespace rraebench
