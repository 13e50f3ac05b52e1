#include "host/program/commands.hpp"

#include "host/common/errors.hpp"
#include "host/program/commands/slurm.hpp"
#include "rraebench/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rraebench {

const std::vector<Command>& commands() {
  static const std::vector<Command> all = {
      {"list", "what there is: models, data sets, metrics, protocols, suites", list_command_line, run_list},
      {"download", "fetch data sets and the network of published FIDs, checked", download_command_line,
       run_download},
      {"run", "train and measure the models of a suite", run_command_line, run_run},
      {"status", "what a running suite does right now", status_command_line, run_status},
      {"slurm", "run a suite on a Slurm cluster", slurm_command_line, run_slurm, slurm_commands()},
      {"report", "write the comparison report", report_command_line, run_report},
      {"claims", "decide what suites claim of their figures", claims_command_line, run_claims},
      {"compare", "say what changed between two results databases", compare_command_line, run_compare},
      {"query", "ask the results database", query_command_line, run_query},
      {"merge", "take the runs of other results databases into one", merge_command_line, run_merge},
      {"show", "print one run, and the commands that repeat it", show_command_line, run_show},
      {"explain", "what makes up a run's identity, and why it counts or does not", explain_command_line,
       run_explain},
      {"rerun", "repeat a stored run and compare every figure", rerun_command_line, run_rerun},
      {"measure", "measure trained models anew by the weights that runs left", measure_command_line,
       run_measure},
      {"export", "copy what a run left: weights, samples, coefficients, reconstructions", export_command_line,
       run_export},
      {"score", "measure samples that were made elsewhere", score_command_line, run_score},
      {"statistics", "write the real samples' feature statistics for other tools", statistics_command_line,
       run_statistics},
      {"new-model", "write a model in PyTorch to start from", new_model_command_line, run_new_model},
      {"new-plugin", "write a model in C++ to start from", new_plugin_command_line, run_new_plugin},
      {"check-plugin", "try a plugin on every promise of the contract", check_plugin_command_line,
       run_check_plugin},
      {"doctor", "check the installation, the machine and a results file", doctor_command_line, run_doctor},
      {"completion", "write completion for bash, zsh or fish", completion_command_line, run_completion},
      {"man", "write the manual page", man_command_line, run_man},
  };
  return all;
}

const Command& find_command(const std::vector<Command>& commands, const std::string& name,
                            const std::string& of) {
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&](const Command& known) { return known.name == name; });
  if (found != commands.end()) return *found;
  std::vector<std::string> names;
  for (const auto& known : commands) names.emplace_back(known.name);
  throw UserError("no command '" + name + "'" + of + ": " + suggest_name(name, names));
}

std::string describe_commands(const std::vector<Command>& commands) {
  std::string text;
  for (const auto& command : commands) text += fmt::format("  {:<14}{}\n", command.name, command.summary);
  return text;
}

}  // namespace rraebench
