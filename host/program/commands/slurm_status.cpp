#include "host/common/exit_codes.hpp"
#include "host/common/quantities.hpp"
#include "host/program/command.hpp"
#include "host/program/commands/slurm.hpp"
#include "host/program/standard_output.hpp"
#include "reports/render/table_format.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>

namespace rraebench {
namespace {

namespace po = boost::program_options;

constexpr std::size_t kMostShown = 40;

/// The titles of each task's runs.
std::map<std::int64_t, std::string> titles_of(const RunPlan& plan) {
  std::map<std::int64_t, std::pair<std::string, std::size_t>> tasks;
  for (const auto& entry : plan.entries) {
    if (!entry.task) continue;
    const auto& spec = entry.judged.run.spec;
    auto& [title, more] = tasks[*entry.task];
    if (title.empty())
      title = fmt::format("{} · {} · seed {}", spec.comparison, spec.label, spec.seed);
    else
      ++more;
  }
  std::map<std::int64_t, std::string> titles;
  for (const auto& [task, title] : tasks)
    titles[task] = title.second == 0 ? title.first : fmt::format("{} and {} more", title.first, title.second);
  return titles;
}

bool is_worth_a_line(const TaskStanding& task) {
  return task.state == TaskState::kRunning || task.state == TaskState::kFailed ||
         task.state == TaskState::kLost;
}

Table table_of(const PlanStanding& standing, bool all) {
  Table table{{"task", "state", "job", "runs", "why"}, {}};
  auto titles = titles_of(standing.plan);
  for (const auto& task : standing.tasks)
    if (all || is_worth_a_line(task))
      table.rows.push_back(
          {task.task, std::string(task_state_name(task.state)), task.job, titles[task.task], task.why});
  return table;
}

std::map<TaskState, std::size_t> counts_of(const std::vector<TaskStanding>& tasks) {
  std::map<TaskState, std::size_t> counts;
  for (const auto& task : tasks) ++counts[task.state];
  return counts;
}

std::string summary_of(const std::map<TaskState, std::size_t>& counts) {
  std::string text;
  for (const auto& [state, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, task_state_name(state));
  return text;
}

/// Of the pending tasks the reason that most have.
std::string main_reason(const std::vector<TaskStanding>& tasks) {
  std::map<std::string, std::size_t> reasons;
  for (const auto& task : tasks)
    if (task.state == TaskState::kPending && !task.why.empty()) ++reasons[task.why];
  if (reasons.empty()) return "";
  return std::max_element(reasons.begin(), reasons.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

/// From what a task takes, with as many at a time as run now.
std::string remaining_time(const PlanStanding& standing, std::map<TaskState, std::size_t>& counts) {
  const auto left = counts[TaskState::kPending] + counts[TaskState::kRunning];
  const auto at_a_time = counts[TaskState::kRunning];
  if (left == 0 || at_a_time == 0 || standing.seconds_per_task <= 0.0) return "";
  const double rounds = static_cast<double>(left) / static_cast<double>(at_a_time);
  return fmt::format("about {} left, at {} a task and {} at a time\n",
                     duration_text(rounds * standing.seconds_per_task),
                     duration_text(standing.seconds_per_task), at_a_time);
}

void print_summary(const PlanFolder& folder, const PlanStanding& standing) {
  auto counts = counts_of(standing.tasks);
  const auto name = quote_shell(folder.path().string());
  std::cout << fmt::format("{} tasks: {}; results go to {}\n", standing.tasks.size(), summary_of(counts),
                           standing.plan.database);
  if (const auto reason = main_reason(standing.tasks); !reason.empty())
    std::cout << "waiting for: " << printable(reason) << "\n";
  std::cout << remaining_time(standing, counts);
  auto table = table_of(standing, false);
  const auto lines = table.rows.size();
  table.rows.resize(std::min(lines, kMostShown));
  if (lines > 0) std::cout << "\n" << format_table(table, TableFormat::kText, output_layout());
  if (lines > kMostShown) std::cout << fmt::format("and {} more: --all\n", lines - kMostShown);
  if (counts[TaskState::kLost] + counts[TaskState::kFailed] + counts[TaskState::kNotSubmitted] > 0)
    std::cout << fmt::format("\nsubmit {} again: rraebench slurm resubmit {}{}\n",
                             counts[TaskState::kFailed] > 0 ? "what failed or was lost" : "what is missing",
                             name, counts[TaskState::kFailed] > 0 ? " --failed" : "");
  if (counts[TaskState::kDone] == standing.tasks.size())
    std::cout << fmt::format("all is done: rraebench report --db {}\n", quote_shell(standing.plan.database));
}

}  // namespace

CommandLine slurm_status_command_line() {
  CommandLine line{"rraebench slurm status PLAN [OPTION...]",
                   "Joins the plan, what its tasks left, and the queue (squeue; sacct where the site has "
                   "accounting).\nExit code 1 where tasks failed or were lost.",
                   po::options_description("options"),
                   "plan",
                   1,
                   {"rraebench slurm status table2.plan", "rraebench slurm status table2.plan --format csv"}};
  line.options.add_options()("all", "also the tasks of which there is nothing to say")(
      "format", po::value<std::string>()->default_value("table"),
      "table, csv, json or markdown; but for table, all tasks");
  return line;
}

int run_slurm_status(const std::vector<std::string>& arguments) {
  auto line = slurm_status_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto folder = plan_folder_of(*parsed, line.usage);
  const auto format = parse_table_format((*parsed)["format"].as<std::string>());
  const auto standing = read_standing(folder);
  if (format != TableFormat::kText || parsed->count("all") > 0)
    std::cout << format_table(table_of(standing, true), format, output_layout());
  else
    print_summary(folder, standing);
  const bool amiss = std::any_of(standing.tasks.begin(), standing.tasks.end(), [](const TaskStanding& task) {
    return task.state == TaskState::kFailed || task.state == TaskState::kLost;
  });
  return amiss ? kExitSomeFailed : kExitOk;
}

}  // namespace rraebench
