#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/planning/plugin_trial.hpp"
#include "host/program/planning/resources.hpp"
#include "host/program/planning/run_state.hpp"
#include "host/program/running/database_claim.hpp"
#include "host/program/running/executor.hpp"
#include "host/program/running/progress_display.hpp"
#include "host/program/standard_output.hpp"
#include "host/program/suites/limits.hpp"
#include "host/program/suites/quantities.hpp"
#include "host/program/utf8_names.hpp"
#include "reports/render/table_format.hpp"
#include "reports/store/database.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <set>

namespace rraebench {
namespace {

namespace po = boost::program_options;

Table plan_table(const std::vector<JudgedRun>& runs) {
  Table table{{"suite", "comparison", "model", "seed", "state", "why"}, {}};
  for (const auto& [run, state, why] : runs)
    table.rows.push_back({run.spec.suite, run.spec.comparison, run.spec.label, run.spec.seed,
                          std::string(run_state_name(state)), why});
  return table;
}

std::int64_t positive(const po::variables_map& values, const std::string& option, std::int64_t most) {
  const auto value = values[option].as<std::int64_t>();
  if (value < 1) throw UserError("--" + option + " is " + std::to_string(value) + " but must be at least 1");
  if (value > most)
    throw UserError("--" + option + " is " + std::to_string(value) + " but must be at most " +
                    std::to_string(most));
  return value;
}

/// What runs need of the machine, whatever the database says: known before anything is trained.
void require_resources(const std::vector<PlannedRun>& planned, const ExecutionRequest& execution) {
  require_descriptors(execution.jobs);
  const bool keeps = std::any_of(planned.begin(), planned.end(),
                                 [](const PlannedRun& run) { return !run.spec.extractor.empty(); });
  if (keeps) require_writable(execution.cache_folder, "cache", "--cache-dir names another folder");
  // Where it is missing, its place: another program may be about to use a folder that this one would remove.
  const auto& checkpoints = execution.checkpoint_folder;
  std::error_code ignored;
  const bool is_there = std::filesystem::exists(checkpoints, ignored);
  require_writable(is_there ? checkpoints : std::filesystem::absolute(checkpoints).parent_path(),
                   is_there ? "checkpoints" : "folder of the results and checkpoints,",
                   "--db names a file in another folder");
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
                        state == RunState::kInterrupted || state == RunState::kFaulted ||
                        (retry && state == RunState::kFailed);
    if (wanted) selected.push_back(run);
  }
  return selected;
}

/// What the suites ask for now is what counts from now on.
void ask_for(const std::vector<Suite>& suites, const std::vector<PlannedRun>& planned,
             ResultsDatabase& database) {
  for (const auto& suite : suites) {
    const auto before = database.suite_file(suite.name);
    if (before && *before != suite.file)
      std::cerr << fmt::format(
          "warning: the results of suite '{}' were those of {} so far; from now on {} counts\n",
          printable(suite.name), printable(*before), printable(suite.file));
    std::vector<SuitePlace> named;
    std::vector<PublishedRecord> published;
    for (const auto& comparison : suite.comparisons) {
      published.insert(published.end(), comparison.published.begin(), comparison.published.end());
      for (const auto& model : comparison.models)
        named.push_back({comparison.name, comparison.dataset, model.label});
    }
    std::vector<AskedSettings> asked;
    for (const auto& run : planned)
      if (run.spec.suite == suite.name)
        asked.push_back({{run.spec.comparison, run.spec.dataset, run.spec.label}, to_json(run.spec).dump()});
    database.ask(suite.name, suite.file, utc_now(), asked, named);
    database.set_published(suite.name, published);
    database.set_claims(suite.name, suite.claims);
  }
}

/// What the plugins of these runs say of themselves.
void describe_plugins(const std::vector<PlannedRun>& planned, const std::vector<PluginInfo>& plugins,
                      ResultsDatabase& database) {
  std::set<std::string> used;
  for (const auto& run : planned) used.insert(run.spec.plugin_sha256);
  std::vector<PluginRecord> records;
  for (const auto& plugin : plugins)
    if (used.count(plugin.sha256) > 0)
      records.push_back({plugin.sha256, plugin.name, plugin.version, plugin.summary, plugin.citation});
  database.describe_plugins(records);
}

/// Two suites of one name would be one suite's figures.
void require_names_of_their_own(const std::vector<Suite>& suites) {
  for (auto suite = suites.begin(); suite != suites.end(); ++suite)
    for (auto other = suites.begin(); other != suite; ++other)
      if (suite->name == other->name)
        throw UserError(
            suite->file == other->file
                ? fmt::format("suite '{}' is given twice", suite->name)
                : fmt::format("{} and {} are both named '{}', and their figures would mix; rename one",
                              other->file, suite->file, suite->name));
}

/// Says that it waits, after a moment and then every minute, until a stop is wished.
LockPatience patience_for(const std::string& database_path) {
  return [database_path, next = 2.0](double seconds) mutable {
    if (seconds < next - 60.0) next = 2.0;  // Another wait.
    if (seconds >= next) {
      std::cerr << fmt::format("waiting for {}: another program writes to it\n", printable(database_path))
                << std::flush;
      next += 60.0;
    }
    return !stop_requested();
  };
}

/// What a kill left half written, and checkpoints of runs that are complete.
void remove_what_nobody_takes_up(const std::filesystem::path& folder, const ResultsDatabase& database) {
  std::vector<std::filesystem::path> useless;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const auto& path = entry.path();
    const bool unfinished = path.extension() == ".part";
    const auto stored = path.extension() == ".pt" ? database.find_run(path.stem().string()) : std::nullopt;
    if (unfinished || (stored && stored->status == RunStatus::kOk)) useless.push_back(path);
  }
  for (const auto& path : useless) std::filesystem::remove(path, ignored);
}

/// One line on how it ended, and the exit code.
int conclude(const std::vector<PlannedRun>& planned, const ResultsDatabase& database) {
  std::size_t failed = 0;
  std::size_t missing = 0;
  for (const auto& run : planned) {
    const auto stored = database.find_run(run.identity);
    if (!stored || stored->status == RunStatus::kInterrupted)
      ++missing;
    else if (stored->status != RunStatus::kOk)
      ++failed;
  }
  const auto name = quote_shell(database.path().string());
  if (stop_requested()) {
    std::cerr << "stopped; the same command goes on from here\n";
    return kExitInterrupted;
  }
  if (failed > 0)
    std::cerr << fmt::format("{} of {} runs failed: rraebench query --view failures --db {}\n", failed,
                             planned.size(), name);
  if (missing > 0)
    std::cerr << fmt::format("{} of {} runs were cut off; the same command goes on from there\n", missing,
                             planned.size());
  if (failed + missing > 0) return kExitSomeFailed;
  std::cerr << fmt::format("all {} runs are complete: rraebench report --db {}\n", planned.size(), name);
  return kExitOk;
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
       "rraebench run rrae-table2 --scale 0.1", "rraebench run my-suite.toml --models vae --plan"}};
  using Texts = std::vector<std::string>;
  line.options.add_options()("plan", "show what would run, and run nothing")(
      "retry", "run again what failed before")("force", "run again what is complete, too")(
      "models", po::value<Texts>(), "only these, by plugin name or label; a list with commas")(
      "datasets", po::value<Texts>(), "only comparisons on these")("seeds", po::value<std::string>(),
                                                                   "instead of the suite's: 0,3 or 0:5")(
      "scale", po::value<double>()->default_value(1.0, "1"),
      "share of every stage's steps to train, such as 0.1; figures are kept apart")(
      "precision", po::value<std::string>(),
      "of all networks in training, instead of the suite's: float32 or bfloat16; figures are kept apart")(
      "jobs,j", po::value<std::int64_t>()->default_value(1), "runs at a time; the cores are shared out")(
      "threads", po::value<std::int64_t>(), "threads of each run (default: all usable cores / jobs)")(
      "timeout", po::value<std::string>(), "limit of each run, such as 90s, 10m or 2h")(
      "checkpoint-every", po::value<std::string>()->default_value("60s"),
      "what a kill or a power cut may cost of a run")("memory", po::value<std::string>(),
                                                      "limit of each run's memory, such as 4G")(
      "fail-fast", "stop at the first run that fails; the others go on with the next command")(
      "db", po::value<std::string>()->default_value("results.db"), "results database");
  add_planning_options(line.options);
  return line;
}

int run_run(const std::vector<std::string>& arguments) {
  auto line = run_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto& values = *parsed;
  if (values.count("suite") == 0)
    throw UserError("run which suite? usage: " + line.usage + " (rraebench list suites)");

  install_stop_signals();
  // All that can be wrong with the input is found before the database is touched.
  const auto request = plan_request(values);
  ExecutionRequest execution;
  execution.jobs = positive(values, "jobs", kMostJobs);
  execution.threads = values.count("threads") > 0
                          ? positive(values, "threads", kMostThreads)
                          : std::max<std::int64_t>(1, usable_cores() / execution.jobs);
  if (values.count("timeout") > 0)
    execution.time_limit_seconds = parse_duration(values["timeout"].as<std::string>(), "timeout");
  if (values.count("memory") > 0)
    execution.memory_limit_bytes = parse_size(values["memory"].as<std::string>(), "memory");
  execution.checkpoint_seconds =
      parse_duration(values["checkpoint-every"].as<std::string>(), "checkpoint-every");
  execution.fail_fast = values.count("fail-fast") > 0;
  execution.data_dir = request.data_dir;
  execution.cache_folder = request.cache_dir;
  const std::string database_path = values["db"].as<std::string>();
  require_utf8("--db", database_path);
  execution.checkpoint_folder = database_path + ".checkpoints";
  std::vector<Suite> suites;
  for (const auto& name : values["suite"].as<std::vector<std::string>>())
    suites.push_back(chosen_suite(name, values));
  require_names_of_their_own(suites);
  const auto plugins = discover_plugins_with_warnings(request.plugin_folders, execution.cache_folder);
  const auto planned = plan_with_progress(suites, plugins, request);
  require_resources(planned, execution);

  if (values.count("plan") > 0) {
    std::optional<ResultsDatabase> existing;
    if (std::filesystem::exists(database_path))
      existing.emplace(ResultsDatabase::open_read_only(database_path));
    const auto judged = judge_runs(planned, existing ? &*existing : nullptr);
    std::cout << format_table(plan_table(judged), TableFormat::kText, output_layout()) << std::flush;
    const auto selected = select_runs(judged, values.count("retry") > 0, values.count("force") > 0);
    std::cerr << fmt::format("{} of {} runs would be done\n", selected.size(), judged.size());
    return kExitOk;
  }

  const DatabaseClaim claim(database_path, execution.checkpoint_folder);
  auto database = ResultsDatabase::open_or_create(database_path, patience_for(database_path));
  ask_for(suites, planned, database);
  remove_what_nobody_takes_up(execution.checkpoint_folder, database);
  const auto judged = judge_runs(planned, &database);
  const bool force = values.count("force") > 0;
  const auto selected = select_runs(judged, values.count("retry") > 0, force);
  const auto stale = count_of(judged, RunState::kStale);
  std::cerr << fmt::format(
      "{} runs: {} to do{}, {} complete; {} at a time with {} threads each{}; results in {}\n", judged.size(),
      selected.size(), stale > 0 ? fmt::format(" ({} stale: --plan says why)", stale) : "",
      force ? 0 : count_of(judged, RunState::kCached), execution.jobs, execution.threads,
      execution.jobs * execution.threads > usable_cores() ? ", more than there are cores" : "",
      printable(database_path));
  describe_plugins(planned, plugins, database);
  const auto given = shell_command("run", arguments);
  const auto folder = std::filesystem::current_path().string();
  const auto broken = try_plugins(selected, execution);
  std::set<std::string> failed_now;  // Also those that an older result still counts for.
  {
    ProgressDisplay display(selected.size());
    execute_runs(selected, execution, display, [&](RunRecord run) {
      if (run.status != RunStatus::kOk) failed_now.insert(run.identity);
      if (const auto promises = broken.find(run.plugin_sha256); promises != broken.end())
        run.notes.insert(run.notes.end(), promises->second.begin(), promises->second.end());
      run.command = given;
      run.folder = folder;
      run.jobs = execution.jobs;
      database.store_next_attempt(std::move(run));
    });
  }
  const int exit_code = conclude(planned, database);
  if (exit_code != kExitOk || failed_now.empty()) return exit_code;
  std::cerr << fmt::format("{} new attempts failed; what went well before counts\n", failed_now.size());
  return kExitSomeFailed;
}

}  // namespace rraebench
