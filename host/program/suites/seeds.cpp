#include "host/program/suites/seeds.hpp"

#include "host/common/errors.hpp"
#include "host/program/suites/limits.hpp"
#include "reports/name_list.hpp"
#include "rraebench/options.hpp"

#include <set>

namespace rraebench {

std::vector<std::int64_t> parse_seeds(const std::string& text) {
  const auto fail = [&](const std::string& what) { throw UserError("--seeds '" + text + "': " + what); };
  const std::string kForms = "give numbers and ranges, such as 0,3 or 0:5 (0 to 4)";
  const auto number = [&](const std::string& part) {
    std::int64_t value = 0;
    if (!detail::parse_integer(part, value) || value < 0) fail(kForms);
    if (value > kLargestSeed) fail("the largest seed is " + std::to_string(kLargestSeed));
    return value;
  };
  std::vector<std::int64_t> seeds;
  std::set<std::int64_t> seen;
  for (const auto& part : split_names(text)) {
    const auto colon = part.find(':');
    const auto first = number(part.substr(0, colon));
    const auto last = colon == std::string::npos ? first : number(part.substr(colon + 1)) - 1;
    if (last < first) fail(kForms);
    if (last - first >= kMostSeeds - static_cast<std::int64_t>(seeds.size()))
      fail("more than " + std::to_string(kMostSeeds) + " seeds");
    for (auto seed = first; seed <= last; ++seed) {
      if (!seen.insert(seed).second) fail(std::to_string(seed) + " stands twice");
      seeds.push_back(seed);
    }
  }
  if (seeds.empty()) fail(kForms);
  return seeds;
}

}  // namespace rraebench
