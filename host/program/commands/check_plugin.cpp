#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/installation.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/planning/changeable_plugins.hpp"
#include "host/program/planning/plugin_catalog.hpp"
#include "host/program/planning/promise_check.hpp"
#include "reports/text.hpp"

#include <filesystem>
#include <iostream>
#include <vector>

namespace rraebench {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

/// A path, or a plugin that is found by name.
fs::path find_file(const po::variables_map& values) {
  const auto wanted = values["plugin"].as<std::vector<std::string>>().front();
  if (fs::path(wanted).extension() == ".so" || wanted.find('/') != std::string::npos) {
    print_warnings(changeable_plugin(wanted));
    return wanted;
  }
  const auto folders = plugin_folders(option_texts(values, "plugin-dir"));
  return find_plugin(discover_plugins_with_warnings(folders, values["cache-dir"].as<std::string>()), wanted,
                     folders)
      .file;
}

}  // namespace

CommandLine check_plugin_command_line() {
  CommandLine line{
      "rraebench check-plugin FILE|NAME [OPTION...]",
      "Tries a plugin on every promise of the contract, on a tiny instance of its model: shapes, "
      "gradients by\nfinite differences, seeds, saving, memory. Exit code 1 where one is not kept.",
      po::options_description("options"),
      "plugin",
      1,
      {"rraebench check-plugin my-model/build/my-model.so", "rraebench check-plugin vrrae",
       "rraebench check-plugin vrrae --option mean=whitened --option centre=true"}};
  line.options.add_options()("option", po::value<std::vector<std::string>>(),
                             "NAME=VALUE: try it with this option; may be repeated")(
      "plugin-dir", po::value<std::vector<std::string>>(), "a further folder of plugins")(
      "cache-dir", po::value<std::string>()->default_value(default_cache_folder().string()),
      "folder for what is kept");
  return line;
}

int run_check_plugin(const std::vector<std::string>& arguments) {
  auto line = check_plugin_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  if (parsed->count("plugin") == 0) throw UserError("check which plugin? usage: " + line.usage);
  const auto file = find_file(*parsed);
  int checked = 0;
  int kept = 0;
  PromiseTrial trial;
  trial.options = option_texts(*parsed, "option");
  for (const auto& option : trial.options)
    if (option.find('=') == std::string::npos || option.front() == '=')
      throw UserError("--option is '" + option + "' but must be NAME=VALUE, such as beta=0.1");
  check_promises(file, trial, [&](const PromiseOutcome& outcome) {
    ++checked;
    if (outcome.fault.empty()) ++kept;
    std::cout << (outcome.fault.empty() ? "ok    " : "FAILS ") << outcome.promise;
    if (!outcome.fault.empty()) std::cout << ": " << printable(outcome.fault);
    std::cout << std::endl;
  });
  std::cout << kept << " of " << checked << " promises are kept\n";
  return kept == checked ? kExitOk : kExitSomeFailed;
}

}  // namespace rraebench
