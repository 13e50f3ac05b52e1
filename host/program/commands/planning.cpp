#include "host/program/commands/planning.hpp"

#include "host/common/errors.hpp"
#include "host/common/installation.hpp"
#include "host/common/quantities.hpp"
#include "host/program/command.hpp"
#include "host/program/planning/changeable_plugins.hpp"
#include "host/program/planning/resources.hpp"
#include "host/program/running/executor.hpp"
#include "host/program/suites/adjusted_suite.hpp"
#include "host/program/suites/limits.hpp"
#include "host/program/suites/seeds.hpp"
#include "host/program/suites/suite_reader.hpp"
#include "host/program/utf8_names.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <set>

namespace rraebench {
namespace {

namespace po = boost::program_options;

constexpr std::size_t kLongestWarning = 2000;  // Paths are to be pasted whole.

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

std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

PlannedExecution planned_execution(const po::variables_map& values, const PlanRequest& request) {
  PlannedExecution execution;
  execution.folder = std::filesystem::current_path().string();
  execution.data_dir = absolute(request.data_dir);
  execution.cache_dir = absolute(request.cache_dir);
  if (values.count("timeout") > 0)
    execution.time_limit_seconds = parse_duration(values["timeout"].as<std::string>(), "timeout");
  if (values.count("memory") > 0)
    execution.memory_limit_bytes = parse_size(values["memory"].as<std::string>(), "memory");
  execution.checkpoint_seconds =
      parse_duration(values["checkpoint-every"].as<std::string>(), "checkpoint-every");
  return execution;
}

/// What the plugins of these runs say of themselves.
std::vector<PluginRecord> used_plugins(const std::vector<PlannedRun>& runs,
                                       const std::vector<PluginInfo>& plugins) {
  std::set<std::string> used;
  for (const auto& run : runs) used.insert(run.spec.plugin_sha256);
  std::vector<PluginRecord> records;
  for (const auto& plugin : plugins)
    if (used.count(plugin.sha256) > 0)
      records.push_back({plugin.sha256, plugin.name, plugin.version, plugin.summary, plugin.citation});
  return records;
}

/// Marks what is there already, and guesses from it what the rest will cost.
void judge_and_estimate(RunPlan& plan, const std::vector<PlannedRun>& runs, const ResultsDatabase* existing) {
  const RunEstimator estimator(existing != nullptr ? read_run_costs(*existing) : std::vector<RunCost>{});
  for (auto& judged : judge_runs(runs, existing)) {
    const auto estimate = estimator.estimate(judged.run.spec);
    plan.entries.push_back({std::move(judged), std::nullopt, estimate});
  }
}

}  // namespace

void add_scale_options(po::options_description& options) {
  options.add_options()("scale", po::value<double>()->default_value(1.0, "1"),
                        "the suite as rraebench run trains it with the same --scale")(
      "precision", po::value<std::string>(), "likewise, with the same --precision");
}

void add_suite_options(po::options_description& options) {
  using Texts = std::vector<std::string>;
  options.add_options()(
      "retry",
      "run again what failed before; what met a limit of time or memory goes on from its checkpoint")(
      "force", "run again what is complete, too")(
      "models", po::value<Texts>(),
      "only these, by plugin name or label (of a sweep with its value or without); a list with commas; '*' "
      "stands for any text, here and in the names below")(
      "model", po::value<Texts>(), "the same, a name that may hold a comma; may be repeated")(
      "datasets", po::value<Texts>(), "only comparisons on these; a list with commas")(
      "dataset", po::value<Texts>(), "the same, one; may be repeated")(
      "comparison", po::value<Texts>(), "only this comparison; may be repeated")(
      "seeds", po::value<std::string>(), "instead of the suite's: 0,3 or 0:5")(
      "scale", po::value<double>()->default_value(1.0, "1"),
      "share of every stage's steps to train, such as 0.1; figures are kept apart")(
      "precision", po::value<std::string>(),
      "of all networks in training, instead of the suite's: float32, bfloat16 or tf32; figures are kept "
      "apart")(
      "keep", po::value<Texts>(),
      "what each run leaves beside its figures, instead of the suite's: weights, samples, coefficients, "
      "reconstructions; a list with commas")(
      "timeout", po::value<std::string>(),
      "limit of each run, such as 90s, 10m or 2h; where the suite has one, the shorter")(
      "memory", po::value<std::string>(), "limit of each run's memory, such as 4G")(
      "checkpoint-every", po::value<std::string>()->default_value("60s"),
      "what a kill or a power cut may cost of a run");
}

std::int64_t positive_option(const po::variables_map& values, const std::string& option, std::int64_t most) {
  const auto value = values[option].as<std::int64_t>();
  if (value < 1) throw UserError("--" + option + " is " + std::to_string(value) + " but must be at least 1");
  if (value > most)
    throw UserError("--" + option + " is " + std::to_string(value) + " but must be at most " +
                    std::to_string(most));
  return value;
}

void add_execution_options(po::options_description& options) {
  options.add_options()("jobs,j", po::value<std::int64_t>()->default_value(1),
                        "runs at a time; the cores are shared out")(
      "threads", po::value<std::int64_t>(), "threads of each run (default: all usable cores / jobs)")(
      "fail-fast", "stop at the first run that fails; the others go on with the next command");
}

ExecutionRequest execution_request(const po::variables_map& values, const PlannedExecution& planned) {
  ExecutionRequest execution;
  execution.jobs = positive_option(values, "jobs", kMostJobs);
  execution.threads = values.count("threads") > 0
                          ? positive_option(values, "threads", kMostThreads)
                          : std::max<std::int64_t>(1, usable_cores() / execution.jobs);
  execution.time_limit_seconds = planned.time_limit_seconds;
  execution.memory_limit_bytes = planned.memory_limit_bytes;
  execution.checkpoint_seconds = planned.checkpoint_seconds;
  execution.fail_fast = values.count("fail-fast") > 0;
  execution.data_dir = planned.data_dir;
  execution.cache_folder = planned.cache_dir;
  return execution;
}

SessionRequest session_of(const RunPlan& plan, const po::variables_map& values, const std::string& command) {
  SessionRequest request;
  request.suites = plan.suites;
  request.plugins = plan.plugins;
  request.command = command;
  request.folder = std::filesystem::current_path().string();
  request.execution = execution_request(values, plan.execution);
  request.database = values["db"].as<std::string>();
  request.asked_at = plan.created_at;
  request.retry = plan.retry || values.count("retry") > 0;
  request.force = plan.force || values.count("force") > 0;
  request.planned = request.asked = plan.runs();
  return request;
}

RunPlan plan_suites(const po::variables_map& values, const std::string& database,
                    const PlanPurpose& purpose) {
  require_utf8("--db", database);
  auto request = planning_request(values);
  request.filters = {listed_names(values, "models", "model"), listed_names(values, "datasets", "dataset"),
                     option_texts(values, "comparison")};
  if (values.count("seeds") > 0) request.seeds = parse_seeds(values["seeds"].as<std::string>());
  request.elsewhere = purpose.elsewhere;
  RunPlan plan;
  plan.created_at = utc_now();
  plan.database = absolute(database);
  plan.execution = planned_execution(values, request);
  std::vector<Suite> suites;
  for (const auto& name : values["suite"].as<std::vector<std::string>>())
    suites.push_back(chosen_suite(name, values));
  require_names_of_their_own(suites);
  for (const auto& suite : suites) plan.suites.push_back(planned_suite(suite));
  const auto plugins = discover_plugins_with_warnings(request.plugin_folders, plan.execution.cache_dir);
  auto runs = plan_with_progress(suites, plugins, request);
  for (auto& run : runs) run.plugin = absolute(run.plugin.string());
  plan.plugins = used_plugins(runs, plugins);
  std::optional<ResultsDatabase> existing;
  std::error_code ignored;
  if (purpose.judged && std::filesystem::exists(database, ignored))
    existing.emplace(ResultsDatabase::open_read_only(database));
  judge_and_estimate(plan, runs, existing ? &*existing : nullptr);
  plan.retry = values.count("retry") > 0;
  plan.force = values.count("force") > 0;
  number_tasks(plan, purpose.runs_per_task, plan.retry, plan.force);
  return plan;
}

void add_planning_options(po::options_description& options) {
  options.add_options()("device", po::value<std::string>()->default_value("cpu"), "cpu or cuda")(
      "data-dir", po::value<std::string>()->default_value(default_data_folder().string()),
      "folder with the data sets")("cache-dir",
                                   po::value<std::string>()->default_value(default_cache_folder().string()),
                                   "folder for what is kept")(
      "plugin-dir", po::value<std::vector<std::string>>(), "a further folder of plugins");
}

PlanRequest planning_request(const po::variables_map& values) {
  PlanRequest request;
  request.device = values["device"].as<std::string>();
  if (request.device != "cpu" && request.device != "cuda")
    throw UserError("--device is '" + request.device + "' but must be cpu or cuda");
  request.data_dir = values["data-dir"].as<std::string>();
  request.cache_dir = values["cache-dir"].as<std::string>();
  for (const char* option : {"data-dir", "cache-dir"})
    require_utf8(std::string("--") + option, values[option].as<std::string>());
  for (const auto& folder : option_texts(values, "plugin-dir")) require_utf8("--plugin-dir", folder);
  request.plugin_folders = plugin_folders(option_texts(values, "plugin-dir"));
  return request;
}

Suite chosen_suite(const std::string& name_or_path, const po::variables_map& values) {
  auto suite = with_budget(load_suite(name_or_path), values["scale"].as<double>());
  if (values.count("precision") > 0) suite = with_precision(suite, values["precision"].as<std::string>());
  if (values.count("keep") > 0) suite = with_kept(suite, split_list(values, "keep"));
  return suite;
}

void print_warnings(const std::vector<std::string>& sentences) {
  for (const auto& sentence : sentences)
    std::cerr << "warning: " << printable(sentence, kLongestWarning) << "\n";
}

std::vector<PluginInfo> discover_plugins_with_warnings(const std::vector<std::filesystem::path>& folders,
                                                       const std::filesystem::path& cache_folder) {
  print_warnings(changeable_plugins(folders));
  return discover_plugins(folders, cache_folder);
}

void PreparationLine::show(const Progress& progress) {
  if (!progress.waiting.empty()) display_.note(title_ + ": " + printable(progress.waiting));
  if (!started_) display_.started(title_, title_);
  started_ = true;
  display_.progressed(title_, progress);
}

std::vector<PlannedRun> plan_with_progress(const std::vector<Suite>& suites,
                                           const std::vector<PluginInfo>& plugins, PlanRequest request) {
  std::vector<PlannedRun> runs;
  {
    PreparationLine line("data");
    request.progress = [&](const Progress& progress) { line.show(progress); };
    runs = plan_runs(suites, plugins, request);
  }
  for (const auto& plugin : plugins)
    if (!plugin.shadowed.empty() && std::any_of(runs.begin(), runs.end(), [&](const PlannedRun& run) {
          return run.plugin == plugin.file;
        }))
      std::cerr << "warning: plugin '" << printable(plugin.name) << "' is " << printable(plugin.file.string())
                << ", not " << printable(plugin.shadowed.front().string()) << "\n";
  std::set<std::string> shown;
  for (const auto& run : runs)
    for (const auto& note : run.notes)
      if (shown.insert(note).second) std::cerr << "warning: " << printable(note) << "\n";
  return runs;
}

}  // namespace rraebench
