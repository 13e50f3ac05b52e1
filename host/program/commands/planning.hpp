#pragma once
// Implements: what the commands that plan runs have in common: where plugins and data are, and the display of
// their preparation.

#include "host/program/planning/plan.hpp"
#include "host/program/planning/run_plan.hpp"
#include "host/program/running/progress_display.hpp"
#include "host/program/running/suite_session.hpp"

#include <boost/program_options.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace rraebench {

/// --device, --data-dir, --cache-dir and --plugin-dir.
void add_planning_options(boost::program_options::options_description& options);

/// A request of all runs with what these options say. Throws UserError.
PlanRequest planning_request(const boost::program_options::variables_map& values);

/// --scale and --precision, of a command that chooses suites and trains nothing.
void add_scale_options(boost::program_options::options_description& options);

/// The suite with what --scale, which the command declares, and --precision and --keep say.
Suite chosen_suite(const std::string& name_or_path, const boost::program_options::variables_map& values);

void print_warnings(const std::vector<std::string>& sentences);

/// discover_plugins(), after a warning where others than this user can change what is found.
std::vector<PluginInfo> discover_plugins_with_warnings(const std::vector<std::filesystem::path>& folders,
                                                       const std::filesystem::path& cache_folder);

/// What of the suites is to run, what it leaves, and with which limits: --models, --datasets,
/// --comparison, --seeds, --scale, --precision, --keep, --timeout, --memory, --checkpoint-every, --retry and
/// --force.
void add_suite_options(boost::program_options::options_description& options);

/// Throws UserError unless the number is from 1 to `most`.
std::int64_t positive_option(const boost::program_options::variables_map& values, const std::string& option,
                             std::int64_t most);

struct PlanPurpose {
  bool judged = true;      // By the database, where there is one; else every run is new.
  bool elsewhere = false;  // For other machines: this one need not have their device.
  std::int64_t runs_per_task = 1;
};

/// The suites that the options name, planned and given tasks. Throws UserError.
RunPlan plan_suites(const boost::program_options::variables_map& values, const std::string& database,
                    const PlanPurpose& purpose);

/// --jobs, --threads and --fail-fast.
void add_execution_options(boost::program_options::options_description& options);

/// How the runs are carried out: what --jobs, --threads and --fail-fast say, and the plan.
ExecutionRequest execution_request(const boost::program_options::variables_map& values,
                                   const PlannedExecution& planned);

/// The plan as it is to be carried out into --db by `command`, with what --retry and --force say.
SessionRequest session_of(const RunPlan& plan, const boost::program_options::variables_map& values,
                          const std::string& command);

/// A line of the display for one piece of work, from its first report on.
class PreparationLine {
 public:
  explicit PreparationLine(std::string title) : title_(std::move(title)), display_(0) {}
  void show(const Progress& progress);

 private:
  std::string title_;
  bool started_ = false;
  ProgressDisplay display_;
};

/// plan_runs() with the preparation of data shown, and then, once each, what is to be known of the data.
std::vector<PlannedRun> plan_with_progress(const std::vector<Suite>& suites,
                                           const std::vector<PluginInfo>& plugins, PlanRequest request);

}  // namespace rraebench
