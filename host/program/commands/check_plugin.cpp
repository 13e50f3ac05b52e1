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
       "rraebench check-plugin vrrae --option mean=whitened --option centre=true",
       "rraebench check-plugin scripted --option file=my_model.pt --shape 1x28x28"}};
  line.options.add_options()("option", po::value<std::vector<std::string>>(),
                             "NAME=VALUE: try it with this option; may be repeated")(
      "shape", po::value<std::string>(),
      "of the samples: T or CxHxW, such as 200 or 1x28x28 (default: curves, or images where those do not "
      "fit)")("plugin-dir", po::value<std::vector<std::string>>(), "a further folder of plugins")(
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
  int idle = 0;
  PromiseTrial trial;
  trial.options = option_texts(*parsed, "option");
  if (parsed->count("shape") > 0) {
    trial.shape = (*parsed)["shape"].as<std::string>();
    if (trial.shape.empty())
      throw UserError("--shape is empty but must be T or CxHxW, such as 200 or 1x28x28");
  }
  for (const auto& option : trial.options)
    if (option.find('=') == std::string::npos || option.front() == '=')
      throw UserError("--option is '" + option + "' but must be NAME=VALUE, such as beta=0.1");
  check_promises(file, trial, [&](const PromiseOutcome& outcome) {
    if (!outcome.applies) {
      ++idle;
    } else {
      ++checked;
      if (outcome.fault.empty()) ++kept;
    }
    std::cout << (!outcome.applies        ? "-     "
                  : outcome.fault.empty() ? "ok    "
                                          : "FAILS ")
              << outcome.promise;
    for (const auto& text : {outcome.fault, outcome.note})
      if (!text.empty()) std::cout << ": " << printable(text);
    std::cout << std::endl;
  });
  std::cout << kept << " of " << checked << " promises are kept";
  if (idle > 0) std::cout << ", " << idle << " mean" << (idle == 1 ? "s" : "") << " nothing for this model";
  std::cout << "\n";
  return kept == checked ? kExitOk : kExitSomeFailed;
}

}  // namespace rraebench
