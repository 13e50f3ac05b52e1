#include "host/program/command.hpp"

#include "host/common/errors.hpp"
#include "rraebench/suggest.hpp"

#include <iostream>
#include <sstream>

namespace rraebench {
namespace {

namespace po = boost::program_options;

void print_help(const CommandLine& line) {
  std::cout << "usage: " << line.usage << "\n\n" << line.description << "\n\n" << line.options << "\n";
  if (line.examples.empty()) return;
  std::cout << "examples:\n";
  for (const auto& example : line.examples) std::cout << "  " << example << "\n";
}

std::vector<std::string> option_names(const po::options_description& options, const std::string& positional) {
  std::vector<std::string> names;
  for (const auto& option : options.options())
    if (option->long_name() != positional) names.push_back("--" + option->long_name());
  return names;
}

std::string command_of(const CommandLine& line) {
  return line.usage.substr(0, line.usage.find(' ', 10));
}

}  // namespace

std::optional<po::variables_map> parse_command_line(CommandLine& line,
                                                    const std::vector<std::string>& arguments) {
  line.options.add_options()("help,h", "print this help");
  po::options_description all;
  all.add(line.options);
  po::positional_options_description positional;
  if (!line.positional.empty()) {
    all.add_options()(line.positional.c_str(), po::value<std::vector<std::string>>());
    positional.add(line.positional.c_str(), line.positional_count);
  }
  po::variables_map values;
  try {
    // No guessing: an abbreviated option would change its meaning when another is added.
    const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(arguments).options(all).positional(positional).style(style).run(),
              values);
  } catch (const po::unknown_option& error) {
    throw UserError("no option '" + error.get_option_name() + "': " +
                    suggest_name(error.get_option_name(), option_names(line.options, line.positional)) +
                    " (" + command_of(line) + " --help)");
  } catch (const po::too_many_positional_options_error&) {
    throw UserError("too many arguments; usage: " + line.usage);
  } catch (const po::error& error) {
    throw UserError(std::string(error.what()) + " (" + command_of(line) + " --help)");
  }
  if (values.count("help") > 0) {
    print_help(line);
    return std::nullopt;
  }
  po::notify(values);
  return values;
}

std::vector<std::string> option_texts(const po::variables_map& values, const std::string& option) {
  return values.count(option) > 0 ? values[option].as<std::vector<std::string>>()
                                  : std::vector<std::string>{};
}

std::vector<std::string> split_list(const po::variables_map& values, const std::string& option) {
  std::vector<std::string> parts;
  for (const auto& value : option_texts(values, option)) {
    std::istringstream stream(value);
    for (std::string part; std::getline(stream, part, ',');)
      if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

}  // namespace rraebench
