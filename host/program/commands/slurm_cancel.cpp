#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/program/cluster/slurm_client.hpp"
#include "host/program/command.hpp"
#include "host/program/commands/slurm.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <iostream>
#include <set>

namespace rraebench {

namespace po = boost::program_options;

CommandLine slurm_cancel_command_line() {
  return {"rraebench slurm cancel PLAN [OPTION...]",
          "Cancels all jobs of a plan that wait or run. Those that run save their checkpoints, so that "
          "rraebench slurm\nresubmit goes on from there.",
          po::options_description("options"),
          "plan",
          1,
          {"rraebench slurm cancel table2.plan"}};
}

int run_slurm_cancel(const std::vector<std::string>& arguments) {
  auto line = slurm_cancel_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto folder = plan_folder_of(*parsed, line.usage);
  std::vector<std::string> all;
  for (const auto& submission : read_submissions(folder)) all.push_back(submission.job_id);
  const auto queue = queue_of(all);
  if (!queue)
    throw UserError(
        "there is no squeue here; give this command on a machine of the cluster that submits jobs");
  std::set<std::string> active;
  for (const auto& [name, element] : *queue)
    if (is_active(element.state)) active.insert(name.first);
  cancel_jobs({active.begin(), active.end()});
  std::cout << fmt::format("{} cancelled; what is done so far: rraebench slurm collect {}\n",
                           plural(active.size(), "job"), quote_shell(folder.path().string()));
  return kExitOk;
}

}  // namespace rraebench
