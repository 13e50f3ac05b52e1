#include "host/program/command.hpp"

#include "host/common/errors.hpp"
#include "host/program/utf8_names.hpp"
#include "reports/name_list.hpp"
#include "reports/text.hpp"
#include "rraebench/suggest.hpp"

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <set>

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

/// What values of an option look like; empty where any text will do.
std::string expected_value(const po::options_description& options, const std::string& name) {
  const auto* option = options.find_nothrow(name, /*approx=*/false);
  if (option == nullptr) return {};
  const auto* semantic = option->semantic().get();
  if (dynamic_cast<const po::typed_value<std::int64_t>*>(semantic) != nullptr) return "a whole number";
  if (dynamic_cast<const po::typed_value<double>*>(semantic) != nullptr) return "a number";
  return {};
}

/// Boost leaves the place of a value that it does not understand in its message alone.
[[noreturn]] void fail_for_value(const po::options_description& options, const std::string& option,
                                 const std::vector<po::option>& given) {
  const auto expected = expected_value(options, option);
  for (const auto& one : given) {
    if (one.string_key != option || one.value.empty() || expected.empty()) continue;
    const auto& value = one.value.front();
    const bool large = value.find_first_not_of("0123456789") == std::string::npos;
    throw UserError("--" + option + " is '" + value +
                    (large ? "' and too large" : "' but must be " + expected));
  }
  throw UserError("--" + option + ": its value cannot be understood");
}

std::string without_dashes(const std::string& option) {
  return option.substr(std::min(option.find_first_not_of('-'), option.size()));
}

std::string syntax_fault(const po::invalid_command_line_syntax& error) {
  const auto& option = error.get_option_name();
  switch (error.kind()) {
    case po::invalid_syntax::missing_parameter:
    case po::invalid_syntax::empty_adjacent_parameter:
      return option + " needs a value";
    case po::invalid_syntax::extra_parameter:
      return option + " takes no value";
    default:
      return option + " cannot be understood";
  }
}

bool is_positional(const po::option& option) {
  return option.position_key >= 0;
}

/// Values that are empty, and words that stand twice: both are slips, of a shell variable say.
void check_values(const CommandLine& line, const std::vector<po::option>& given) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& option : given)
    for (const auto& value : option.value) {
      const auto name = is_positional(option) ? line.positional : "--" + option.string_key;
      if (value.empty())
        throw UserError(is_positional(option) ? "an argument is empty; usage: " + line.usage
                                              : name + " is empty; give it a value or leave it out (" +
                                                    command_of(line) + " --help)");
      if (!seen.emplace(name, value).second)
        throw UserError(name + " '" + value + "' is given twice; give it once");
    }
}

void check_companions(const CommandLine& line, const po::variables_map& values) {
  for (const auto& [option, companion] : line.only_with)
    if (values.count(option) > 0 && !values[option].defaulted() && values.count(companion) == 0)
      throw UserError("--" + option + " has a meaning with --" + companion +
                      " alone; add that or leave it out");
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
  std::vector<po::option> given;
  try {
    // No guessing: an abbreviated option would change its meaning when another is added.
    const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    const auto parsed =
        po::command_line_parser(arguments).options(all).positional(positional).style(style).run();
    given = parsed.options;
    check_values(line, given);
    po::store(parsed, values);
  } catch (const po::unknown_option& error) {
    throw UserError("no option '" + error.get_option_name() + "': " +
                    suggest_name(error.get_option_name(), option_names(line.options, line.positional)) +
                    " (" + command_of(line) + " --help)");
  } catch (const po::too_many_positional_options_error&) {
    throw UserError("too many arguments; usage: " + line.usage);
  } catch (const po::multiple_occurrences& error) {
    throw UserError(error.get_option_name() + " is given more than once; give it once");
  } catch (const po::invalid_command_line_syntax& error) {
    throw UserError(syntax_fault(error) + " (" + command_of(line) + " --help)");
  } catch (const po::error_with_option_name& error) {
    fail_for_value(line.options, without_dashes(error.get_option_name()), given);
  } catch (const po::error&) {
    throw UserError("the arguments cannot be understood; usage: " + line.usage);
  }
  if (values.count("help") > 0) {
    print_help(line);
    return std::nullopt;
  }
  check_companions(line, values);
  po::notify(values);
  return values;
}

std::string shell_command(const std::string& command, const std::vector<std::string>& arguments) {
  auto text = "rraebench " + command;
  for (const auto& argument : arguments) text += " " + quote_shell(argument);
  return text;
}

std::string command_in_folder(const std::string& folder, const std::string& command) {
  return folder.empty() ? command : "cd " + quote_shell(folder) + " && " + command;
}

std::vector<std::string> option_texts(const po::variables_map& values, const std::string& option) {
  return values.count(option) > 0 ? values[option].as<std::vector<std::string>>()
                                  : std::vector<std::string>{};
}

std::map<std::string, std::string> named_values(const po::variables_map& values, const std::string& option,
                                                const std::string& example) {
  std::map<std::string, std::string> named;
  for (const auto& setting : option_texts(values, option)) {
    require_utf8("--" + option, setting);
    const auto equals = setting.find('=');
    if (equals == 0 || equals == std::string::npos)
      throw UserError("--" + option + " is '" + setting + "' but must be NAME=VALUE, such as " + example);
    const auto name = setting.substr(0, equals);
    if (!named.emplace(name, setting.substr(equals + 1)).second)
      throw UserError("--" + option + " gives '" + name + "' two values; give it one");
  }
  return named;
}

std::vector<std::string> listed_names(const po::variables_map& values, const std::string& list,
                                      const std::string& one) {
  auto names = split_list(values, list);
  for (auto& name : option_texts(values, one)) names.push_back(std::move(name));
  return names;
}

std::vector<std::string> split_list(const po::variables_map& values, const std::string& option) {
  std::vector<std::string> parts;
  for (const auto& value : option_texts(values, option))
    for (auto& part : split_names(value)) {
      if (part.empty()) throw UserError("--" + option + " '" + value + "': a name between commas is missing");
      parts.push_back(std::move(part));
    }
  return parts;
}

}  // namespace rraebench
