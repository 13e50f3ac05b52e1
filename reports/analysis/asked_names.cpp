#include "reports/analysis/asked_names.hpp"

#include "reports/analysis/sweeps.hpp"

#include <algorithm>
#include <fnmatch.h>

namespace rraebench {
namespace {

bool means(const std::string& asked, const std::string& name) {
  return same_name(asked, name) || ::fnmatch(asked.c_str(), name.c_str(), /*flags=*/0) == 0;
}

}  // namespace

bool is_asked_for(const std::vector<std::string>& asked, const std::string& name) {
  return std::any_of(asked.begin(), asked.end(), [&](const std::string& one) { return means(one, name); });
}

bool means_any(const std::string& asked, const std::set<std::string>& known) {
  return std::any_of(known.begin(), known.end(), [&](const std::string& name) { return means(asked, name); });
}

}  // namespace rraebench
