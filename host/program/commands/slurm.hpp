#pragma once
// Implements: what the commands of `rraebench slurm` have in common.

#include "host/program/cluster/submission.hpp"
#include "host/program/cluster/task_state.hpp"
#include "host/program/commands.hpp"
#include "host/program/planning/run_plan.hpp"

#include <boost/program_options.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace rraebench {

/// In the order in which help shows them.
const std::vector<Command>& slurm_commands();

CommandLine slurm_submit_command_line();
int run_slurm_submit(const std::vector<std::string>& arguments);
CommandLine slurm_status_command_line();
int run_slurm_status(const std::vector<std::string>& arguments);
CommandLine slurm_resubmit_command_line();
int run_slurm_resubmit(const std::vector<std::string>& arguments);
CommandLine slurm_cancel_command_line();
int run_slurm_cancel(const std::vector<std::string>& arguments);
CommandLine slurm_collect_command_line();
int run_slurm_collect(const std::vector<std::string>& arguments);

/// --partition, --account, --time, --mem, --cpus, --gpus, --throttle, --requeues and --preamble.
void add_job_options(boost::program_options::options_description& options);

/// `job` with what the options say. Throws UserError.
SlurmJob told_job(const boost::program_options::variables_map& values, SlurmJob job);

/// The one folder of a plan that the command names; throws UserError where there is none.
PlanFolder plan_folder_of(const boost::program_options::variables_map& values, const std::string& usage);

/// All that is known of a plan's tasks now.
struct PlanStanding {
  RunPlan plan;
  std::vector<Submission> submissions;
  ClusterView view;
  std::vector<std::filesystem::path> files;  // Of each task, where it may be read.
  std::vector<bool> is_readable;             // Of each task, whether its file is and could be read.
  std::vector<TaskStanding> tasks;
  double seconds_per_task = 0.0;  // Of those that are done, on average; before that as planned; 0: unknown.
};

/// Asks the queue, and reads what the tasks left. Says on standard error where there is no queue.
PlanStanding read_standing(const PlanFolder& folder);

/// What was submitted, on standard output.
void say_submitted(const PlanFolder& folder, const std::vector<Submission>& submitted);

}  // namespace rraebench
