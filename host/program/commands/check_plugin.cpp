#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/installation.hpp"
#include "host/program/command.hpp"
#include "host/program/planning/plugin_catalog.hpp"
#include "host/program/processes/worker_process.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <iostream>
#include <vector>

namespace rraebench {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

CommandLine make_command_line() {
  CommandLine line{
      "rraebench check-plugin FILE|NAME [OPTION...]",
      "Tries a plugin on every promise of the contract, on a tiny instance of its model: shapes, "
      "gradients by\nfinite differences, seeds, saving, memory. Exit code 1 where one is not kept.",
      po::options_description("options"),
      "plugin",
      1,
      {"rraebench check-plugin my-model/build/my-model.so", "rraebench check-plugin vrrae"}};
  line.options.add_options()("plugin-dir", po::value<std::vector<std::string>>(),
                             "a further folder of plugins")(
      "cache-dir", po::value<std::string>()->default_value(default_cache_folder().string()),
      "folder for what is kept");
  return line;
}

/// A path, or a plugin that is found by name.
fs::path find_file(const po::variables_map& values) {
  const auto wanted = values["plugin"].as<std::vector<std::string>>().front();
  if (fs::path(wanted).extension() == ".so" || wanted.find('/') != std::string::npos) return wanted;
  const auto folders = plugin_folders(option_texts(values, "plugin-dir"));
  return find_plugin(discover_plugins(folders, values["cache-dir"].as<std::string>()), wanted, folders).file;
}

/// Prints a line for each check as it ends.
class CheckReport {
 public:
  void take(std::string_view line) {
    const auto event = nlohmann::json::parse(line);
    if (event.contains("begins")) {
      event.at("begins").get_to(promise_);
      return;
    }
    const auto fault = event.at("fault").get<std::string>();
    std::cout << (fault.empty() ? "ok    " : "FAILS ") << promise_;
    if (!fault.empty()) std::cout << ": " << fault;
    std::cout << std::endl;
    promise_.clear();
    ++checked_;
    if (!fault.empty()) ++failed_;
  }

  /// What was being checked when the process ended.
  const std::string& unfinished() const { return promise_; }
  int checked() const { return checked_; }
  int failed() const { return failed_; }

 private:
  std::string promise_;
  int checked_ = 0;
  int failed_ = 0;
};

}  // namespace

int run_check_plugin(const std::vector<std::string>& arguments) {
  auto line = make_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  if (parsed->count("plugin") == 0) throw UserError("check which plugin? usage: " + line.usage);
  const auto file = find_file(*parsed);
  CheckReport report;
  const auto fails = [&](const std::string& how) {
    std::cout << "FAILS " << (report.unfinished().empty() ? "it can be loaded" : report.unfinished()) << ": "
              << how << "\n";
    return kExitSomeFailed;
  };
  WorkerAnswer answer;
  try {
    answer = ask_worker(worker_path(), {"check", file.string()}, "",
                        [&](std::string_view event) { report.take(event); });
  } catch (const WorkerSilence& silence) {
    return fails(silence.what());
  }
  if (answer.exit.signal) return fails("it crashes (signal " + std::to_string(*answer.exit.signal) + ")");
  if (answer.exit.exit_code != kExitOk)
    throw UserError(last_line(answer.errors, file.string() + ": cannot be checked"));
  std::cout << report.checked() - report.failed() << " of " << report.checked() << " promises are kept\n";
  return report.failed() == 0 ? kExitOk : kExitSomeFailed;
}

}  // namespace rraebench
