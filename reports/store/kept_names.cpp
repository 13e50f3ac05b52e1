#include "reports/store/kept_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>

namespace rraebench {

std::string joined_names(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ","));
}

std::vector<std::string> split_names(const std::string& text) {
  std::vector<std::string> names;
  std::istringstream stream(text);
  for (std::string name; std::getline(stream, name, ',');) names.push_back(name);
  return names;
}

}  // namespace rraebench
