#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/installation.hpp"
#include "host/program/command.hpp"
#include "host/program/plan.hpp"
#include "host/program/worker_process.hpp"

#include <filesystem>
#include <iostream>
#include <set>
#include <thread>

namespace rraebench {
namespace {

namespace po = boost::program_options;

CommandLine make_command_line() {
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
  line.options.add_options()("output", po::value<std::string>()->default_value("."), "folder for the files")(
      "device", po::value<std::string>()->default_value("cpu"), "cpu or cuda")(
      "data-dir", po::value<std::string>()->default_value(default_data_folder().string()),
      "folder with the data sets")("cache-dir",
                                   po::value<std::string>()->default_value(default_cache_folder().string()),
                                   "folder for what is kept")(
      "plugin-dir", po::value<std::vector<std::string>>(), "a further folder of plugins");
  return line;
}

}  // namespace

int run_statistics(const std::vector<std::string>& arguments) {
  auto line = make_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto& values = *parsed;
  if (values.count("suite") == 0)
    throw UserError("statistics of which suite? usage: " + line.usage + " (rraebench list suites)");
  PlanRequest request;
  request.device = values["device"].as<std::string>();
  if (request.device != "cpu" && request.device != "cuda")
    throw UserError("--device is '" + request.device + "' but must be cpu or cuda");
  request.data_dir = values["data-dir"].as<std::string>();
  request.plugin_folders =
      plugin_folders(values.count("plugin-dir") > 0 ? values["plugin-dir"].as<std::vector<std::string>>()
                                                    : std::vector<std::string>{});
  Execution execution;
  execution.data_dir = request.data_dir;
  execution.cache_dir = values["cache-dir"].as<std::string>();
  execution.threads = std::max(1U, std::thread::hardware_concurrency());
  const auto suite = load_suite(values["suite"].as<std::vector<std::string>>().front());
  const auto planned =
      plan_runs({suite}, discover_plugins(request.plugin_folders, execution.cache_dir), request);

  const std::filesystem::path folder = values["output"].as<std::string>();
  std::filesystem::create_directories(folder);
  std::set<std::string> done;
  for (const auto& run : planned) {
    if (run.spec.extractor.empty() || !run.spec.features.statistics.empty()) continue;
    if (!done.insert(run.spec.comparison).second) continue;
    const auto file = folder / (suite.name + "-" + run.spec.comparison + ".npz");
    const nlohmann::json order = {
        {"spec", to_json(run.spec)}, {"execution", to_json(execution)}, {"output", file.string()}};
    const auto answer = ask_worker(worker_path(), {"statistics"}, order.dump());
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
