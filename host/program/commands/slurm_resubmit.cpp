#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/cluster/plan_folder.hpp"
#include "host/program/cluster/slurm_client.hpp"
#include "host/program/command.hpp"
#include "host/program/commands/slurm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <map>

namespace rraebench {
namespace {

namespace po = boost::program_options;

double scale_option(const po::variables_map& values, const std::string& option) {
  const auto scale = values[option].as<double>();
  if (!(scale > 0.0 && scale <= 1000.0))
    throw UserError(fmt::format("--{} is {} but must be above 0 and at most 1000", option, scale));
  return scale;
}

bool is_missing(TaskState state, bool failed) {
  return state == TaskState::kLost || state == TaskState::kNotSubmitted ||
         (failed && state == TaskState::kFailed);
}

/// With what each task was submitted last, or was to be.
std::map<std::int64_t, SlurmJob> last_jobs(const PlanFolder& folder,
                                           const std::vector<Submission>& submissions) {
  std::map<std::int64_t, SlurmJob> jobs;
  for (const auto& all : {read_intentions(folder), submissions})
    for (const auto& submission : all)
      for (const auto task : submission.tasks) jobs[task] = submission.job;
  return jobs;
}

void require_known(const SlurmJob& job, const po::variables_map& values) {
  if (!values["time-scale"].defaulted() && !job.minutes)
    throw UserError("--time-scale: the tasks had no time of their own; give --time");
  if (!values["mem-scale"].defaulted() && !job.memory_mib)
    throw UserError("--mem-scale: the tasks had no memory of their own; give --mem");
}

std::vector<ResourceClass> missing_classes(const PlanFolder& folder, const PlanStanding& standing,
                                           const po::variables_map& values) {
  const bool failed = values.count("failed") > 0;
  const double time_scale = scale_option(values, "time-scale");
  const double memory_scale = scale_option(values, "mem-scale");
  const auto jobs = last_jobs(folder, standing.submissions);
  // Of plans that a program made which did not write down what it intended.
  const auto other = jobs.empty() ? SlurmJob{} : jobs.begin()->second;
  std::vector<ResourceClass> classes;
  for (const auto& task : standing.tasks) {
    if (!is_missing(task.state, failed)) continue;
    const auto found = jobs.find(task.task);
    const auto& before = found == jobs.end() ? other : found->second;
    if (found != jobs.end()) require_known(before, values);
    auto job = told_job(values, scaled(before, time_scale, memory_scale));
    job.retry = failed;
    auto same = std::find_if(classes.begin(), classes.end(),
                             [&](const ResourceClass& known) { return known.job == job; });
    if (same == classes.end()) same = classes.insert(same, {job, {}});
    same->tasks.push_back(task.task);
  }
  return classes;
}

}  // namespace

CommandLine slurm_resubmit_command_line() {
  CommandLine line{
      "rraebench slurm resubmit PLAN [OPTION...]",
      "Submits exactly what is missing: tasks that ended before their runs were over, which go on from "
      "their\n"
      "checkpoints, and such as were never submitted. What waits, runs or is done is left alone.",
      po::options_description("options"),
      "plan",
      1,
      {"rraebench slurm resubmit table2.plan", "rraebench slurm resubmit table2.plan --failed --mem-scale 2",
       "rraebench slurm resubmit table2.plan --time 4h --print"}};
  line.options.add_options()("failed", "also tasks whose runs failed by their model's fault")(
      "print", "show the scripts, and submit nothing")(
      "time-scale", po::value<double>()->default_value(1.0, "1"), "times the time that they had")(
      "mem-scale", po::value<double>()->default_value(1.0, "1"), "times the memory that they had");
  add_job_options(line.options);
  return line;
}

int run_slurm_resubmit(const std::vector<std::string>& arguments) {
  auto line = slurm_resubmit_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto& values = *parsed;
  const auto folder = plan_folder_of(values, line.usage);
  install_stop_signals();
  const auto standing = read_standing(folder);
  if (!standing.view.queue && values.count("print") == 0)
    throw UserError(
        "without the queue it is not known which tasks still run; give this command on a machine "
        "of the cluster that submits jobs");
  const auto classes = missing_classes(folder, standing, values);
  if (classes.empty()) {
    const auto failed =
        std::count_if(standing.tasks.begin(), standing.tasks.end(),
                      [](const TaskStanding& task) { return task.state == TaskState::kFailed; });
    std::cerr << "nothing is missing"
              << (failed > 0 ? fmt::format("; {} failed, which --failed submits again", failed) : "") << "\n";
    return kExitOk;
  }
  std::int64_t number = 1;
  std::error_code ignored;
  while (std::filesystem::exists(folder.scripts() / fmt::format("{}.sh", number), ignored) ||
         std::filesystem::exists(folder.scripts() / fmt::format("{}-collect.sh", number), ignored))
    ++number;
  const auto scripts = make_scripts(folder, classes, max_array_size(), number);
  if (values.count("print") > 0) {
    print_scripts(std::cout, scripts);
    return kExitOk;
  }
  say_submitted(folder, submit_scripts(folder, scripts));
  return kExitOk;
}

}  // namespace rraebench
