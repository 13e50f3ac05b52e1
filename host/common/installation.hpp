#pragma once
// Implements: where this installation keeps its parts. The build tree has the layout of an installed prefix:
// bin/, lib/rraebench/plugins/, share/rraebench/suites/.

#include <filesystem>
#include <string>
#include <vector>

namespace rraebench {

/// The folder of the running program.
std::filesystem::path program_folder();

std::filesystem::path worker_path();

/// Folders searched for plugins, first wins: `given` (--plugin-dir; throws UserError for one that is none),
/// RRAEBENCH_PLUGIN_PATH (colon-separated), the installation's own.
std::vector<std::filesystem::path> plugin_folders(const std::vector<std::string>& given);

/// Where the plugins are that came with this installation.
std::filesystem::path installed_plugin_folder();

/// Folders searched for suites by name: RRAEBENCH_SUITE_PATH (colon-separated), the installation's own.
std::vector<std::filesystem::path> suite_folders();

/// What `rraebench new-plugin` copies.
std::filesystem::path plugin_template_folder();

/// What `rraebench new-model --python` copies.
std::filesystem::path python_template_folder();

/// Where find_package(rraebench) finds the SDK: what CMAKE_PREFIX_PATH needs.
std::filesystem::path installation_prefix();

/// RRAEBENCH_CACHE_DIR, else XDG_CACHE_HOME/rraebench, else ~/.cache/rraebench, else (without HOME) a folder
/// of this user's in the folder for temporary files. Not created here.
std::filesystem::path default_cache_folder();

/// RRAEBENCH_DATA_DIR, else "data".
std::filesystem::path default_data_folder();

}  // namespace rraebench
