#pragma once
// Implements: what commands the program has. Each is a file of commands/.

#include "host/program/command.hpp"

#include <string>
#include <vector>

namespace rraebench {

struct Command {
  const char* name;
  const char* summary;
  CommandLine (*line)();
  int (*run)(const std::vector<std::string>& arguments);  // Returns the exit code; throws UserError.
  std::vector<Command> parts = {};                        // Commands of its own, as "submit" of slurm.
};

/// In the order in which help shows them.
const std::vector<Command>& commands();

/// Throws UserError naming the nearest for an unknown one; `of`: " of slurm", or nothing.
const Command& find_command(const std::vector<Command>& commands, const std::string& name,
                            const std::string& of = "");

/// Name and summary, a line a command, as help shows them.
std::string describe_commands(const std::vector<Command>& commands);

CommandLine list_command_line();
int run_list(const std::vector<std::string>& arguments);
CommandLine download_command_line();
int run_download(const std::vector<std::string>& arguments);
CommandLine run_command_line();
int run_run(const std::vector<std::string>& arguments);
CommandLine status_command_line();
int run_status(const std::vector<std::string>& arguments);
CommandLine slurm_command_line();
int run_slurm(const std::vector<std::string>& arguments);
CommandLine report_command_line();
int run_report(const std::vector<std::string>& arguments);
CommandLine claims_command_line();
int run_claims(const std::vector<std::string>& arguments);
CommandLine compare_command_line();
int run_compare(const std::vector<std::string>& arguments);
CommandLine query_command_line();
int run_query(const std::vector<std::string>& arguments);
CommandLine merge_command_line();
int run_merge(const std::vector<std::string>& arguments);
CommandLine show_command_line();
int run_show(const std::vector<std::string>& arguments);
CommandLine explain_command_line();
int run_explain(const std::vector<std::string>& arguments);
CommandLine rerun_command_line();
int run_rerun(const std::vector<std::string>& arguments);
CommandLine measure_command_line();
int run_measure(const std::vector<std::string>& arguments);
CommandLine export_command_line();
int run_export(const std::vector<std::string>& arguments);
CommandLine score_command_line();
int run_score(const std::vector<std::string>& arguments);
CommandLine statistics_command_line();
int run_statistics(const std::vector<std::string>& arguments);
CommandLine new_model_command_line();
int run_new_model(const std::vector<std::string>& arguments);
CommandLine new_plugin_command_line();
int run_new_plugin(const std::vector<std::string>& arguments);
CommandLine check_plugin_command_line();
int run_check_plugin(const std::vector<std::string>& arguments);
CommandLine doctor_command_line();
int run_doctor(const std::vector<std::string>& arguments);
CommandLine completion_command_line();
int run_completion(const std::vector<std::string>& arguments);
CommandLine man_command_line();
int run_man(const std::vector<std::string>& arguments);

}  // namespace rraebench
