#include "host/program/planning/plugin_catalog.hpp"

#include "datasets/sha256.hpp"
#include "host/common/errors.hpp"
#include "host/common/installation.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/failure_words.hpp"
#include "host/program/planning/resources.hpp"
#include "host/program/processes/worker_process.hpp"
#include "reports/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <future>
#include <iterator>
#include <limits>

namespace rraebench {
namespace {

constexpr std::chrono::seconds kLongestDescription{60};  // To load a plugin and ask what it offers.
constexpr std::int64_t kMostWorkers = 8;                 // A fifth of a gigabyte each.

OptionType option_type_from(const std::string& name) {
  for (const auto type : {OptionType::kInteger, OptionType::kReal, OptionType::kBoolean, OptionType::kFile})
    if (name == option_type_name(type)) return type;
  return OptionType::kText;
}

void read_description(const nlohmann::json& description, PluginInfo& plugin) {
  description.at("name").get_to(plugin.name);
  description.at("summary").get_to(plugin.summary);
  description.at("version").get_to(plugin.version);
  description.at("citation").get_to(plugin.citation);
  const auto bound = [](const nlohmann::json& value, double otherwise) {
    return value.is_null() ? otherwise : value.get<double>();
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto text_or_none = [](const nlohmann::json& value) {
    return value.is_null() ? std::nullopt : std::optional(value.get<std::string>());
  };
  for (const auto& option : description.at("options"))
    plugin.options.push_back({option.at("name").get<std::string>(),
                              option_type_from(option.at("type").get<std::string>()),
                              text_or_none(option.at("default")), option.at("help").get<std::string>(),
                              bound(option.at("minimum"), -kInfinity), bound(option.at("maximum"), kInfinity),
                              option.at("choices").get<std::string>()});
}

bool is_whole(const nlohmann::json& description) {
  try {
    PluginInfo read;
    read_description(description, read);
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

/// What the worker said of this very file, from the cache or by asking it now. Failures are not kept: memory
/// may have been short, or a library not found yet.
nlohmann::json describe(const PluginInfo& plugin, const std::filesystem::path& cache_folder) {
  const auto worker = worker_path();
  const auto key = plugin_key(plugin.sha256);
  const auto cached = cache_folder / "plugins" / (key + ".json");
  if (std::ifstream file(cached); file) {
    auto description = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
    if (is_whole(description)) return description;  // Else it is damaged: asked anew.
  }
  const auto answer = ask_worker(worker, {"describe", plugin.file.string()}, "", {}, kLongestDescription);
  if (answer.exit.signal)
    return {{"unusable", plugin.file.string() + ": crashes when it is loaded (signal " +
                             std::to_string(*answer.exit.signal) + ")"}};
  if (answer.exit.exit_code != 0)
    return {{"unusable", last_line(answer.errors, plugin.file.string() + ": cannot be described")}};
  auto description = nlohmann::json::parse(answer.output);
  std::error_code ignored;  // A cache that cannot be written costs time only.
  std::filesystem::create_directories(cached.parent_path(), ignored);
  std::ofstream(cached) << description.dump();
  return description;
}

PluginInfo inspect_plugin(const std::filesystem::path& file, const std::filesystem::path& cache_folder) {
  PluginInfo plugin;
  plugin.file = file;
  plugin.name = file.stem().string();
  try {
    if (valid_utf8(file.string()) != file.string()) throw UserError("its path is not UTF-8; rename it");
    plugin.sha256 = sha256_of_file(file);
    const auto description = describe(plugin, cache_folder);
    if (description.contains("unusable")) {
      plugin.unusable = description.at("unusable").get<std::string>();
    } else {
      read_description(description, plugin);
    }
  } catch (const InterruptedError&) {
    throw;
  } catch (const std::exception&) {
    plugin.unusable = file.string() + ": " + failure_words(std::current_exception());
  }
  return plugin;
}

/// Each file's, several at a time: nearly all of it is the start of LibTorch in the worker.
std::vector<PluginInfo> inspect_plugins(const std::vector<std::filesystem::path>& files,
                                        const std::filesystem::path& cache_folder) {
  std::vector<PluginInfo> plugins(files.size());
  std::atomic<std::size_t> next{0};
  const auto inspect = [&] {
    for (auto i = next++; i < files.size(); i = next++) plugins[i] = inspect_plugin(files[i], cache_folder);
  };
  std::vector<std::future<void>> others;
  const auto workers = std::min({usable_cores(), kMostWorkers, static_cast<std::int64_t>(files.size())});
  for (std::int64_t n = 1; n < workers; ++n) others.push_back(std::async(std::launch::async, inspect));
  inspect();
  for (auto& other : others) other.get();
  return plugins;
}

}  // namespace

std::string plugin_key(const std::string& plugin_sha256) {
  const auto worker = worker_path();
  const auto stamp = std::to_string(std::filesystem::file_size(worker)) + "-" +
                     std::to_string(std::filesystem::last_write_time(worker).time_since_epoch().count());
  return sha256_hex(plugin_sha256 + worker.string() + stamp);
}

std::vector<OptionRule> PluginInfo::option_rules() const {
  std::vector<OptionRule> rules;
  for (const auto& option : options)
    rules.push_back({option.name.c_str(), option.type,
                     option.default_value ? option.default_value->c_str() : nullptr, option.help.c_str(),
                     option.minimum, option.maximum, option.choices.c_str()});
  return rules;
}

std::vector<PluginInfo> discover_plugins(const std::vector<std::filesystem::path>& folders,
                                         const std::filesystem::path& cache_folder) {
  std::vector<PluginInfo> plugins;
  for (const auto& folder : folders) {
    std::error_code ignored;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
      if (entry.path().extension() == ".so") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (auto& plugin : inspect_plugins(files, cache_folder)) {
      const auto known =
          std::find_if(plugins.begin(), plugins.end(), [&](const auto& p) { return p.name == plugin.name; });
      if (known == plugins.end())
        plugins.push_back(std::move(plugin));
      else if (!std::filesystem::equivalent(known->file, plugin.file, ignored))
        known->shadowed.push_back(plugin.file);
    }
  }
  std::sort(plugins.begin(), plugins.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return plugins;
}

const PluginInfo& find_plugin(const std::vector<PluginInfo>& plugins, const std::string& name,
                              const std::vector<std::filesystem::path>& folders) {
  std::vector<std::string> known;
  for (const auto& plugin : plugins) {
    if (plugin.name == name) {
      if (!plugin.unusable.empty()) throw UserError(plugin.unusable);
      return plugin;
    }
    known.push_back(plugin.name);
  }
  std::vector<std::string> places;
  for (const auto& folder : folders) places.push_back(folder.string());
  throw UserError("no plugin '" + name + "' in " + join_names(places) + ": " + suggest_name(name, known) +
                  " (--plugin-dir adds a folder)");
}

}  // namespace rraebench
