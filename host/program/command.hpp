#pragma once
// Implements: what the commands of the program have in common: parsing with help and suggestions.

#include <boost/program_options.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {

struct Command {
  const char* name;
  const char* summary;
  int (*run)(const std::vector<std::string>& arguments);  // Returns the exit code; throws UserError.
};

int run_check_plugin(const std::vector<std::string>& arguments);
int run_claims(const std::vector<std::string>& arguments);
int run_compare(const std::vector<std::string>& arguments);
int run_doctor(const std::vector<std::string>& arguments);
int run_download(const std::vector<std::string>& arguments);
int run_explain(const std::vector<std::string>& arguments);
int run_merge(const std::vector<std::string>& arguments);
int run_new_plugin(const std::vector<std::string>& arguments);
int run_list(const std::vector<std::string>& arguments);
int run_run(const std::vector<std::string>& arguments);
int run_rerun(const std::vector<std::string>& arguments);
int run_report(const std::vector<std::string>& arguments);
int run_query(const std::vector<std::string>& arguments);
int run_show(const std::vector<std::string>& arguments);
int run_statistics(const std::vector<std::string>& arguments);

/// "rraebench run my-suite.toml --seeds 0:3", as a shell takes it.
std::string shell_command(const std::string& command, const std::vector<std::string>& arguments);

/// How a command is called: usage line, what it does, its options and examples, all of which --help prints.
struct CommandLine {
  std::string usage;
  std::string description;
  boost::program_options::options_description options;
  std::string positional;     // Name of the option that takes words without dashes; empty: none.
  int positional_count = -1;  // At most; -1: any number.
  std::vector<std::string> examples;
  std::vector<std::pair<std::string, std::string>> only_with =
      {};  // {"scale", "suite"}: --scale is of --suite.
};

/// nullopt after --help, which was printed. Throws UserError for anything the command does not know, for an
/// empty value, one that is given twice, and an option that has no meaning without another.
std::optional<boost::program_options::variables_map> parse_command_line(
    CommandLine& line, const std::vector<std::string>& arguments);

/// Every value of an option that may be repeated; none where it was not given.
std::vector<std::string> option_texts(const boost::program_options::variables_map& values,
                                      const std::string& option);

/// "a,b" and repeated options alike: every part of every value. Throws UserError for an empty part.
std::vector<std::string> split_list(const boost::program_options::variables_map& values,
                                    const std::string& option);

}  // namespace rraebench
