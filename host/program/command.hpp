#pragma once
// Implements: what the commands of the program have in common: parsing with help and suggestions.

#include <boost/program_options.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {

/// "rraebench run my-suite.toml --seeds 0:3", as a shell takes it.
std::string shell_command(const std::string& command, const std::vector<std::string>& arguments);

/// "cd folder && command"; the command alone where its folder is not known, as of results that were published
/// without.
std::string command_in_folder(const std::string& folder, const std::string& command);

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

/// NAME=VALUE of an option that may be repeated. Throws UserError, with the example, for anything else and
/// for a name with two values.
std::map<std::string, std::string> named_values(const boost::program_options::variables_map& values,
                                                const std::string& option, const std::string& example);

/// The names of option `list`, with commas between them, and those of option `one`, which may hold commas.
std::vector<std::string> listed_names(const boost::program_options::variables_map& values,
                                      const std::string& list, const std::string& one);

/// "a,b" and repeated options alike: every part of every value. Throws UserError for an empty part.
std::vector<std::string> split_list(const boost::program_options::variables_map& values,
                                    const std::string& option);

}  // namespace rraebench
