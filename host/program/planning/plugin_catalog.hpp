#pragma once
// Implements: which plugins there are and what they offer, without loading LibTorch: the worker describes a
// plugin once, and its answer is kept by the hash of the plugin's file.

#include "rraebench/options.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

/// A plugin's option as its description gives it; owns the texts that an OptionRule points to.
struct PluginOption {
  std::string name;
  OptionType type = OptionType::kText;
  std::optional<std::string> default_value;  // None: suites must give it.
  std::string help;
  double minimum = 0.0;
  double maximum = 0.0;
  std::string choices;
};

struct PluginInfo {
  std::filesystem::path file;
  std::string sha256;
  std::string name;  // Of the file where the plugin is unusable.
  std::string summary;
  std::string version;
  std::string citation;
  std::vector<PluginOption> options;
  std::vector<std::filesystem::path>
      shadowed;          // Files of the same name in later folders, which do not count.
  std::string unusable;  // Why it cannot be used, in one line; empty: it can.

  /// The rules point into this object.
  std::vector<OptionRule> option_rules() const;
};

/// Names what this very worker said of this very file: another build of it may judge otherwise.
std::string plugin_key(const std::string& plugin_sha256);

/// Every *.so of the folders, in order of name. Of several plugins of one name the first folder's counts. A
/// folder that does not exist is passed over.
std::vector<PluginInfo> discover_plugins(const std::vector<std::filesystem::path>& folders,
                                         const std::filesystem::path& cache_folder);

/// Throws UserError: unknown (with the nearest name and where was looked) or unusable (with the reason).
const PluginInfo& find_plugin(const std::vector<PluginInfo>& plugins, const std::string& name,
                              const std::vector<std::filesystem::path>& folders);

}  // namespace rraebench
