#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/installation.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/planning/resources.hpp"
#include "host/program/processes/worker_process.hpp"
#include "host/program/suites/suite_reader.hpp"
#include "host/program/utf8_names.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <set>

namespace rraebench {
namespace {

namespace po = boost::program_options;

WorkerAnswer ask_with_progress(const std::string& title, const nlohmann::json& order) {
  PreparationLine progress(title);
  return ask_worker(worker_path(), {"statistics"}, order.dump(), [&](std::string_view event) {
    progress.show(progress_from_event(nlohmann::json::parse(event)));
  });
}

}  // namespace

CommandLine statistics_command_line() {
  CommandLine line{
      "rraebench statistics SUITE [OPTION...]",
      "Writes what the suite's FIDs compare with, one .npz file for each comparison with an extractor: mu "
      "and\n"
      "sigma, which pytorch-fid and others read, the count behind them, and the features that other metrics "
      "need.\nfeatures = { statistics = \"FILE.npz\" } of a comparison takes such a file in.",
      po::options_description("options"),
      "suite",
      1,
      {"rraebench statistics quick",
       "rraebench statistics mnist-quick --data-dir ~/data --output statistics"}};
  line.options.add_options()("output,o", po::value<std::string>()->default_value("."),
                             "folder for the files");
  add_planning_options(line.options);
  return line;
}

int run_statistics(const std::vector<std::string>& arguments) {
  auto line = statistics_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto& values = *parsed;
  if (values.count("suite") == 0)
    throw UserError("statistics of which suite? usage: " + line.usage + " (rraebench list suites)");
  const auto request = planning_request(values);
  Execution execution;
  execution.data_dir = request.data_dir;
  execution.cache_dir = request.cache_dir;
  execution.threads = usable_cores();
  const auto suite = load_suite(values["suite"].as<std::vector<std::string>>().front());
  const auto planned = plan_with_progress(
      {suite}, discover_plugins_with_warnings(request.plugin_folders, execution.cache_dir), request);

  const std::filesystem::path folder = values["output"].as<std::string>();
  require_utf8("--output", folder.string());
  std::filesystem::create_directories(folder);
  std::set<std::string> done;
  for (const auto& run : planned) {
    if (run.spec.extractor.empty() || !run.spec.features.statistics.empty()) continue;
    if (!done.insert(run.spec.comparison).second) continue;
    auto name = suite.name + "-" + run.spec.comparison + ".npz";
    std::replace(name.begin(), name.end(), '/', '-');
    const auto file = folder / name;
    execution.suite_dir = run.suite_folder;
    const nlohmann::json order = {
        {"spec", to_json(run.spec)}, {"execution", to_json(execution)}, {"output", file.string()}};
    const auto answer = ask_with_progress(run.spec.comparison, order);
    if (answer.exit.exit_code != kExitOk)
      throw UserError(last_line(answer.errors, file.string() + ": the statistics could not be made"));
    std::cout << file.string() << "\n";
  }
  if (done.empty())
    throw UserError("suite '" + suite.name +
                    "' has no comparison with an extractor and statistics of its own");
  return kExitOk;
}

}  // namespace rraebench
