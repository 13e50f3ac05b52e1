#include "reports/name_list.hpp"

#include <boost/algorithm/string.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace rraebench {

std::string joined_names(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ","));
}

std::vector<std::string> split_names(const std::string& text) {
  std::vector<std::string> names;
  if (text.empty()) return names;
  boost::split(names, text, [](char character) { return character == ','; });
  for (auto& name : names) boost::trim(name);
  return names;
}

}  // namespace rraebench
