#include "host/program/suites/suite_files.hpp"

#include "host/common/errors.hpp"
#include "host/common/installation.hpp"
#include "rraebench/suggest.hpp"

#include <algorithm>
#include <system_error>

namespace rraebench {

bool names_suite_file(const std::string& name_or_path) {
  return std::filesystem::path(name_or_path).extension() == ".toml";
}

std::filesystem::path find_suite(const std::string& name_or_path) {
  std::filesystem::path path(name_or_path);
  if (names_suite_file(name_or_path)) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) throw UserError(name_or_path + ": no such suite file");
    return path;
  }
  std::vector<std::string> names;
  for (const auto& known : known_suites()) {
    if (known.stem() == name_or_path) return known;
    names.push_back(known.stem().string());
  }
  throw UserError("no suite '" + name_or_path + "': " + suggest_name(name_or_path, names) +
                  " (a file of your own needs its path, ending in .toml)");
}

std::vector<std::filesystem::path> known_suites() {
  std::vector<std::filesystem::path> suites;
  for (const auto& folder : suite_folders()) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
      if (entry.path().extension() == ".toml") suites.push_back(entry.path());
  }
  // Of one name the first folder's comes first.
  std::stable_sort(suites.begin(), suites.end(),
                   [](const auto& a, const auto& b) { return a.stem() < b.stem(); });
  return suites;
}

}  // namespace rraebench
