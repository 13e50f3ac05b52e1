#include "host/common/exit_codes.hpp"
#include "host/program/command.hpp"
#include "host/program/commands/slurm.hpp"
#include "host/program/running/lock_patience.hpp"
#include "reports/store/merge_files.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace rraebench {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

/// Of all tasks that have a file.
std::vector<fs::path> files_of(const PlanStanding& standing) {
  std::vector<fs::path> files;
  for (std::size_t task = 0; task < standing.files.size(); ++task)
    if (!standing.files[task].empty() && standing.is_readable[task]) files.push_back(standing.files[task]);
  return files;
}

}  // namespace

CommandLine slurm_collect_command_line() {
  CommandLine line{"rraebench slurm collect PLAN [OPTION...]",
                   "Merges what the tasks of a plan left so far into its results database, as often as you "
                   "like: nothing is\ntaken twice. Exit code 1 where runs are missing, failed or contradict "
                   "what is there.",
                   po::options_description("options"),
                   "plan",
                   1,
                   {"rraebench slurm collect table2.plan"}};
  line.options.add_options()("db", po::value<std::string>(), "another results database than the plan's");
  return line;
}

int run_slurm_collect(const std::vector<std::string>& arguments) {
  auto line = slurm_collect_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto folder = plan_folder_of(*parsed, line.usage);
  const auto standing = read_standing(folder);
  const auto target = parsed->count("db") > 0 ? (*parsed)["db"].as<std::string>() : standing.plan.database;
  const auto files = files_of(standing);
  if (files.empty()) {
    std::cerr << "no task has left anything yet\n";
    return kExitSomeFailed;
  }
  auto database = ResultsDatabase::open_or_create(target, patience_for(target));
  const auto result = merge_files(database, files, Preference::kNeither);
  MergeCount total;
  for (const auto& count : result.counts) {
    total.added += count.added;
    total.known += count.known;
  }
  std::cout << fmt::format("{} runs of {} tasks taken into {}, {} there already\n", total.added, files.size(),
                           target, total.known);
  if (!result.left_out.empty())
    std::cerr << fmt::format(
        "{} runs have other figures in {}: rraebench merge {}/*.db --db {} says which, and takes what "
        "--prefer "
        "says\n",
        result.left_out.size(), target, quote_shell(folder.tasks().string()), quote_shell(target));
  const auto done = std::count_if(standing.tasks.begin(), standing.tasks.end(),
                                  [](const TaskStanding& task) { return task.state == TaskState::kDone; });
  if (static_cast<std::size_t>(done) < standing.tasks.size())
    std::cerr << fmt::format("{} of {} tasks are done: rraebench slurm status {}\n", done,
                             standing.tasks.size(), quote_shell(folder.path().string()));
  const bool all = static_cast<std::size_t>(done) == standing.tasks.size() && result.left_out.empty();
  return all ? kExitOk : kExitSomeFailed;
}

}  // namespace rraebench
