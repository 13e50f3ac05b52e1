#include "reports/store/kept_names.hpp"

#include <boost/algorithm/string.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace rraebench {

std::string joined_names(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ","));
}

std::vector<std::string> split_names(const std::string& text) {
  std::vector<std::string> names;
  if (!text.empty()) boost::split(names, text, boost::is_any_of(","));
  return names;
}

}  // namespace rraebench
