#include "host/program/commands/planning.hpp"

#include "host/common/errors.hpp"
#include "host/common/installation.hpp"
#include "host/program/command.hpp"
#include "host/program/planning/changeable_plugins.hpp"
#include "host/program/utf8_names.hpp"
#include "reports/text.hpp"

#include <algorithm>
#include <iostream>
#include <set>

namespace rraebench {

namespace po = boost::program_options;

namespace {

constexpr std::size_t kLongestWarning = 2000;  // Paths are to be pasted whole.

}  // namespace

void add_planning_options(po::options_description& options) {
  options.add_options()("device", po::value<std::string>()->default_value("cpu"), "cpu or cuda")(
      "data-dir", po::value<std::string>()->default_value(default_data_folder().string()),
      "folder with the data sets")("cache-dir",
                                   po::value<std::string>()->default_value(default_cache_folder().string()),
                                   "folder for what is kept")(
      "plugin-dir", po::value<std::vector<std::string>>(), "a further folder of plugins");
}

PlanRequest planning_request(const po::variables_map& values) {
  PlanRequest request;
  request.device = values["device"].as<std::string>();
  if (request.device != "cpu" && request.device != "cuda")
    throw UserError("--device is '" + request.device + "' but must be cpu or cuda");
  request.data_dir = values["data-dir"].as<std::string>();
  request.cache_dir = values["cache-dir"].as<std::string>();
  for (const char* option : {"data-dir", "cache-dir"})
    require_utf8(std::string("--") + option, values[option].as<std::string>());
  for (const auto& folder : option_texts(values, "plugin-dir")) require_utf8("--plugin-dir", folder);
  request.plugin_folders = plugin_folders(option_texts(values, "plugin-dir"));
  return request;
}

Suite chosen_suite(const std::string& name_or_path, const po::variables_map& values) {
  const auto suite = with_budget(load_suite(name_or_path), values["scale"].as<double>());
  return values.count("precision") > 0 ? with_precision(suite, values["precision"].as<std::string>()) : suite;
}

void print_warnings(const std::vector<std::string>& sentences) {
  for (const auto& sentence : sentences)
    std::cerr << "warning: " << printable(sentence, kLongestWarning) << "\n";
}

std::vector<PluginInfo> discover_plugins_with_warnings(const std::vector<std::filesystem::path>& folders,
                                                       const std::filesystem::path& cache_folder) {
  print_warnings(changeable_plugins(folders));
  return discover_plugins(folders, cache_folder);
}

void PreparationLine::show(const Progress& progress) {
  if (!progress.waiting.empty()) display_.note(title_ + ": " + printable(progress.waiting));
  if (!started_) display_.started(title_, title_);
  started_ = true;
  display_.progressed(title_, progress);
}

std::vector<PlannedRun> plan_with_progress(const std::vector<Suite>& suites,
                                           const std::vector<PluginInfo>& plugins, PlanRequest request) {
  std::vector<PlannedRun> runs;
  {
    PreparationLine line("data");
    request.progress = [&](const Progress& progress) { line.show(progress); };
    runs = plan_runs(suites, plugins, request);
  }
  for (const auto& plugin : plugins)
    if (!plugin.shadowed.empty() && std::any_of(runs.begin(), runs.end(), [&](const PlannedRun& run) {
          return run.plugin == plugin.file;
        }))
      std::cerr << "warning: plugin '" << printable(plugin.name) << "' is " << printable(plugin.file.string())
                << ", not " << printable(plugin.shadowed.front().string()) << "\n";
  std::set<std::string> shown;
  for (const auto& run : runs)
    for (const auto& note : run.notes)
      if (shown.insert(note).second) std::cerr << "warning: " << printable(note) << "\n";
  return runs;
}

}  // namespace rraebench
