#include "host/common/durable_file.hpp"
#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/cluster/slurm_client.hpp"
#include "host/program/command.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/commands/slurm.hpp"
#include "host/program/planning/plan_file.hpp"
#include "host/program/running/asking.hpp"
#include "host/program/running/lock_patience.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <sstream>

namespace rraebench {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr std::int64_t kMostRunsPerTask = 100'000;

/// "quick-20260131-120000.plan"
std::string default_folder(const RunPlan& plan) {
  std::string time;
  for (const char c : plan.created_at) {
    if (c >= '0' && c <= '9') time += c;
    if (c == 'T') time += '-';
  }
  return plan.suites.front().name + "-" + time + ".plan";
}

void freeze(const PlanFolder& folder, const RunPlan& plan) {
  std::error_code error;
  if (fs::exists(folder.path(), error) && !fs::is_empty(folder.path(), error))
    throw UserError(folder.path().string() + ": is there already; --folder names another");
  fs::create_directories(folder.path(), error);
  if (error) throw UserError(folder.path().string() + ": cannot be made: " + error.message());
  std::ostringstream text;
  write_plan(text, plan);
  write_file_durably(folder.plan(), text.str());
}

/// What the scripts ask for, so that a wrong guess is seen before the queue shows it.
void say_classes(const std::vector<ResourceClass>& classes) {
  for (const auto& [job, tasks] : classes)
    std::cerr << fmt::format("{}: {}, {}\n", plural(tasks.size(), "task"),
                             job.minutes ? fmt::format("{} minutes each", *job.minutes)
                                         : "no time known (--time), the site's own holds",
                             job.memory_mib ? fmt::format("{} MiB", *job.memory_mib)
                                            : "no memory known (--mem), the site's own holds");
}

}  // namespace

CommandLine slurm_submit_command_line() {
  CommandLine line{
      "rraebench slurm submit SUITE... [OPTION...]",
      "Plans as rraebench run does, leaving out what --db has complete, freezes the plan into a folder, and\n"
      "submits it as a job array, split where the site's arrays are shorter, with a last job that merges "
      "into\n--db. Time and memory that are not told are guessed from earlier runs in --db.",
      po::options_description("options"),
      "suite",
      -1,
      {"rraebench slurm submit rrae-table2 --seeds 0:10 --cpus 4 --time 2h --mem 8G",
       "rraebench slurm submit quick --throttle 20 --preamble modules.sh --print"}};
  line.options.add_options()("folder", po::value<std::string>(),
                             "of the plan (default: SUITE-TIME.plan); all nodes must see it")(
      "print", "show the scripts, and submit nothing")(
      "runs-per-task,k", po::value<std::int64_t>()->default_value(1), "runs that one task does, one by one")(
      "db", po::value<std::string>()->default_value("results.db"),
      "results database that all is merged into");
  add_job_options(line.options);
  add_suite_options(line.options);
  add_planning_options(line.options);
  return line;
}

int run_slurm_submit(const std::vector<std::string>& arguments) {
  auto line = slurm_submit_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto& values = *parsed;
  if (values.count("suite") == 0)
    throw UserError("submit which suite? usage: " + line.usage + " (rraebench list suites)");
  install_stop_signals();
  const bool print = values.count("print") > 0;
  const auto told = told_job(values, {});
  PlanPurpose purpose;
  purpose.elsewhere = true;
  purpose.runs_per_task = positive_option(values, "runs-per-task", kMostRunsPerTask);
  if (!print && !has_slurm())
    throw UserError(
        "there is no sbatch here; give this command on a machine of the cluster that submits jobs, or see "
        "the "
        "scripts by --print");
  const auto plan = plan_suites(values, values["db"].as<std::string>(), purpose);
  // What is complete already has no task that would ask for it.
  const auto ask = [&] {
    if (std::error_code ignored; print || !fs::exists(plan.database, ignored)) return;
    auto database = ResultsDatabase::open_or_create(plan.database, patience_for(plan.database));
    ask_for(plan.suites, plan.runs(), plan.created_at, database);
  };
  if (plan.tasks == 0) {
    ask();
    std::cerr << fmt::format("all {} runs are complete: rraebench report --db {}\n", plan.entries.size(),
                             quote_shell(plan.database));
    return kExitOk;
  }
  const PlanFolder folder(values.count("folder") > 0 ? values["folder"].as<std::string>()
                                                     : default_folder(plan));
  const auto classes = resource_classes(plan, told);
  say_classes(classes);
  const auto scripts = make_scripts(folder, classes, max_array_size(), 1);
  if (print) {
    print_scripts(std::cout, scripts);
    return kExitOk;
  }
  freeze(folder, plan);
  const auto submitted = submit_scripts(folder, scripts);
  ask();  // Not before: a command that fails changes nothing of what counts.
  say_submitted(folder, submitted);
  return kExitOk;
}

}  // namespace rraebench
