#include "host/common/installation.hpp"

#include "host/common/errors.hpp"

#include <cstdlib>
#include <sstream>
#include <unistd.h>

namespace rraebench {
namespace {

std::string environment_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::vector<std::filesystem::path> folders_from(const char* variable) {
  std::vector<std::filesystem::path> folders;
  std::istringstream stream(environment_variable(variable));
  for (std::string folder; std::getline(stream, folder, ':');)
    if (!folder.empty()) folders.emplace_back(folder);
  return folders;
}

}  // namespace

std::filesystem::path installation_prefix() {
  return program_folder().parent_path();
}

std::filesystem::path program_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

std::filesystem::path worker_path() {
  return program_folder() / "rraebench-worker";
}

std::vector<std::filesystem::path> plugin_folders(const std::vector<std::string>& given) {
  std::vector<std::filesystem::path> folders(given.begin(), given.end());
  for (const auto& folder : folders)
    if (std::error_code error; !std::filesystem::is_directory(folder, error))
      throw UserError(folder.string() + ": no such folder of plugins; check --plugin-dir");
  for (auto& folder : folders_from("RRAEBENCH_PLUGIN_PATH")) folders.push_back(std::move(folder));
  folders.push_back(installed_plugin_folder());
  return folders;
}

std::filesystem::path installed_plugin_folder() {
  return installation_prefix() / "lib" / "rraebench" / "plugins";
}

std::vector<std::filesystem::path> suite_folders() {
  auto folders = folders_from("RRAEBENCH_SUITE_PATH");
  folders.push_back(installation_prefix() / "share" / "rraebench" / "suites");
  return folders;
}

std::filesystem::path plugin_template_folder() {
  return installation_prefix() / "share" / "rraebench" / "plugin-template";
}

std::filesystem::path python_template_folder() {
  return installation_prefix() / "share" / "rraebench" / "python-template";
}

std::filesystem::path default_cache_folder() {
  if (const auto own = environment_variable("RRAEBENCH_CACHE_DIR"); !own.empty()) return own;
  if (const auto shared = environment_variable("XDG_CACHE_HOME"); !shared.empty())
    return std::filesystem::path(shared) / "rraebench";
  if (const auto home = environment_variable("HOME"); !home.empty())
    return std::filesystem::path(home) / ".cache" / "rraebench";
  // An account without a home: a folder that no other user's is.
  return std::filesystem::temp_directory_path() / ("rraebench-cache-" + std::to_string(::geteuid()));
}

std::filesystem::path default_data_folder() {
  const auto own = environment_variable("RRAEBENCH_DATA_DIR");
  return own.empty() ? "data" : own;
}

}  // namespace rraebench
