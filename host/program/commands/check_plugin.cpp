#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/installation.hpp"
#include "host/common/quantities.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/planning/changeable_plugins.hpp"
#include "host/program/planning/plugin_catalog.hpp"
#include "host/program/planning/promise_check.hpp"
#include "reports/text.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <iostream>
#include <map>
#include <sstream>
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

/// What the plugin wrote while it was tried.
void print_last_lines(const std::string& text) {
  constexpr std::size_t kMostLines = 60;
  std::deque<std::string> lines;
  std::size_t count = 0;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (line.empty()) continue;
    lines.push_back(line);
    if (++count > kMostLines) lines.pop_front();
  }
  if (lines.empty()) return;
  std::cout << "it printed"
            << (count > kMostLines
                    ? " (the last " + std::to_string(kMostLines) + " of " + std::to_string(count) + " lines)"
                    : "")
            << ":\n";
  for (const auto& line : lines) std::cout << "  | " << printable(line, 200) << "\n";
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
      "fit)")("timeout", po::value<std::string>()->default_value("5m"),
              "limit of each promise, such as 90s or 10m")(
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
  PromiseTrial trial;
  trial.silence = std::chrono::seconds(static_cast<std::int64_t>(
      std::ceil(parse_duration((*parsed)["timeout"].as<std::string>(), "timeout"))));
  trial.options = option_texts(*parsed, "option");
  if (parsed->count("shape") > 0) {
    trial.shape = (*parsed)["shape"].as<std::string>();
    if (trial.shape.empty())
      throw UserError("--shape is empty but must be T or CxHxW, such as 200 or 1x28x28");
  }
  for (const auto& option : trial.options)
    if (option.find('=') == std::string::npos || option.front() == '=')
      throw UserError("--option is '" + option + "' but must be NAME=VALUE, such as beta=0.1");
  int checked = 0;
  int kept = 0;
  int idle = 0;
  std::map<std::string, std::string> first_promises;  // Of each fault that was said: the promise it broke.
  std::string last_fault;
  const auto end = check_promises(file, trial, [&](const PromiseOutcome& outcome) {
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
    if (!outcome.fault.empty()) {
      const auto [first, is_new] = first_promises.emplace(outcome.fault, outcome.promise);
      const bool as_before = !is_new && outcome.fault == last_fault;
      std::cout << ": "
                << (is_new      ? printable(fault_words(outcome))
                    : as_before ? "the same"
                                : "as of '" + first->second + "'");
      last_fault = outcome.fault;
    }
    if (!outcome.note.empty()) std::cout << ": " << printable(outcome.note);
    std::cout << std::endl;
  });
  print_last_lines(end.printed);
  std::cout << kept << " of " << checked << " promises are kept";
  if (idle > 0) std::cout << ", " << idle << " mean" << (idle == 1 ? "s" : "") << " nothing for this model";
  std::cout << "\n";
  return kept == checked ? kExitOk : kExitSomeFailed;
}

}  // namespace rraebench
