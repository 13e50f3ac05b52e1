#include "host/program/commands/slurm.hpp"

#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/quantities.hpp"
#include "host/common/text_file.hpp"
#include "host/program/cluster/slurm_client.hpp"
#include "host/program/cluster/task_files.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/planning/plan_file.hpp"
#include "host/program/suites/limits.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace rraebench {
namespace {

namespace po = boost::program_options;

void print_help(std::ostream& out) {
  const auto line = slurm_command_line();
  out << "usage: " << line.usage << "   (rraebench slurm COMMAND --help for details)\n\n"
      << line.description << "\n\n"
      << describe_commands(slurm_commands()) << "\nexamples:\n";
  for (const auto& example : line.examples) out << "  " << example << "\n";
}

std::string text_option(const po::variables_map& values, const std::string& option,
                        const std::string& otherwise) {
  if (values.count(option) == 0) return otherwise;
  auto text = values[option].as<std::string>();
  if (text.find_first_of("\n\r") != std::string::npos)
    throw UserError("--" + option + " has more than one line");
  return text;
}

std::int64_t count_option(const po::variables_map& values, const std::string& option, std::int64_t most,
                          std::int64_t otherwise) {
  return values.count(option) > 0 ? positive_option(values, option, most) : otherwise;
}

/// From what earlier runs took; 0 where they do not tell of every one.
double expected_seconds(const RunPlan& plan) {
  double seconds = 0.0;
  for (const auto& entry : plan.entries) {
    if (!entry.task) continue;
    if (!entry.estimate.seconds) return 0.0;
    seconds += *entry.estimate.seconds;
  }
  return plan.tasks > 0 ? seconds / static_cast<double>(plan.tasks) : 0.0;
}

double mean_seconds(const std::vector<std::optional<TaskFile>>& files) {
  double seconds = 0.0;
  std::size_t whole = 0;
  for (const auto& file : files) {
    if (!file || !file->is_whole) continue;
    ++whole;
    for (const auto& end : file->ends) seconds += end.wall_seconds;
  }
  return whole > 0 ? seconds / static_cast<double>(whole) : 0.0;
}

}  // namespace

void add_job_options(po::options_description& options) {
  options.add_options()("partition", po::value<std::string>(), "of the cluster")(
      "account", po::value<std::string>(), "that pays")("time", po::value<std::string>(),
                                                        "of a task, such as 90m, 2h or 1-12:00:00")(
      "mem", po::value<std::string>(), "of a task, such as 8G")("cpus", po::value<std::int64_t>(),
                                                                "of a task (default: 1)")(
      "gpus", po::value<std::int64_t>(), "of a task; --device cuda makes use of them")(
      "throttle", po::value<std::int64_t>(), "at most so many tasks at a time")(
      "requeues", po::value<std::int64_t>(),
      "so often a task that was told to stop goes back into the queue by itself (default: 10)")(
      "preamble", po::value<std::string>(),
      "file of shell lines before each task: modules to load, further #SBATCH lines");
}

SlurmJob told_job(const po::variables_map& values, SlurmJob job) {
  constexpr std::int64_t kMostOfAJob = 100'000;
  constexpr double kMebibyte = 1024.0 * 1024.0;
  job.partition = text_option(values, "partition", job.partition);
  job.account = text_option(values, "account", job.account);
  if (values.count("time") > 0) job.minutes = parse_minutes(text_option(values, "time", ""), "time");
  if (values.count("mem") > 0) {
    const auto bytes = static_cast<double>(parse_size(text_option(values, "mem", ""), "mem"));
    job.memory_mib = std::max<std::int64_t>(1, static_cast<std::int64_t>(bytes / kMebibyte));
  }
  job.cpus = count_option(values, "cpus", kMostThreads, job.cpus);
  job.gpus = count_option(values, "gpus", kMostOfAJob, job.gpus);
  job.throttle = count_option(values, "throttle", kMostOfAJob, job.throttle);
  job.requeues = count_option(values, "requeues", kMostOfAJob, job.requeues);
  if (values.count("preamble") > 0) job.preamble = read_text_file(text_option(values, "preamble", ""));
  return job;
}

PlanFolder plan_folder_of(const po::variables_map& values, const std::string& usage) {
  if (values.count("plan") == 0) throw UserError("of which plan? usage: " + usage);
  const auto name = values["plan"].as<std::vector<std::string>>().front();
  PlanFolder folder(name);
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(folder.plan(), ignored))
    throw UserError(name + ": is no folder of a plan, which rraebench slurm submit makes and names");
  return folder;
}

PlanStanding read_standing(const PlanFolder& folder) {
  PlanStanding standing;
  standing.plan = read_plan(folder.plan());
  standing.submissions = read_submissions(folder);
  std::vector<std::string> jobs;
  for (const auto& submission : standing.submissions) jobs.push_back(submission.job_id);
  standing.view.queue = queue_of(jobs);
  standing.view.accounting = accounting_of(jobs);
  if (!standing.view.queue) std::cerr << "there is no squeue here: which tasks wait or run is not known\n";
  standing.files =
      readable_files(folder, ended_tasks(standing.plan.tasks, standing.submissions, standing.view));
  const auto left = read_task_files(standing.files);
  for (const auto& file : left) standing.is_readable.push_back(file.has_value());
  standing.seconds_per_task = mean_seconds(left);
  if (standing.seconds_per_task <= 0.0) standing.seconds_per_task = expected_seconds(standing.plan);
  standing.tasks = judge_tasks(left, standing.submissions, standing.view);
  return standing;
}

void say_submitted(const PlanFolder& folder, const std::vector<Submission>& submitted) {
  const auto name = quote_shell(folder.path().string());
  for (const auto& submission : submitted) {
    if (submission.collects)
      std::cout << fmt::format("job {} merges when they have ended\n", submission.job_id);
    else
      std::cout << fmt::format("job {}: {}\n", submission.job_id, plural(submission.tasks.size(), "task"));
  }
  std::cout << "how it goes: rraebench slurm status " << name << "\n";
}

const std::vector<Command>& slurm_commands() {
  static const std::vector<Command> all = {
      {"submit", "plan a suite and give it to Slurm", slurm_submit_command_line, run_slurm_submit},
      {"status", "how the tasks of a plan stand", slurm_status_command_line, run_slurm_status},
      {"resubmit", "submit again exactly what is missing", slurm_resubmit_command_line, run_slurm_resubmit},
      {"cancel", "cancel the jobs of a plan", slurm_cancel_command_line, run_slurm_cancel},
      {"collect", "merge what the tasks of a plan left so far", slurm_collect_command_line,
       run_slurm_collect}};
  return all;
}

CommandLine slurm_command_line() {
  return {
      "rraebench slurm COMMAND [OPTION...]",
      "A suite on a Slurm cluster: the plan becomes a folder, its tasks a job array, and nothing need "
      "stay alive on\nthe machine that submits.",
      po::options_description("options"),
      "",
      0,
      {"rraebench slurm submit rrae-table2 --seeds 0:10 --cpus 4 --time 2h --folder table2.plan",
       "rraebench slurm status table2.plan", "rraebench slurm resubmit table2.plan --failed --mem-scale 2"}};
}

int run_slurm(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    print_help(std::cerr);
    return kExitBadInput;
  }
  if (arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help") {
    print_help(std::cout);
    return kExitOk;
  }
  return find_command(slurm_commands(), arguments[0], " of slurm")
      .run({arguments.begin() + 1, arguments.end()});
}

}  // namespace rraebench
