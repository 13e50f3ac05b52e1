#include "host/common/common_options.hpp"

#include <algorithm>
#include <string_view>

namespace rraebench {

bool declares_pretrained(const std::vector<OptionRule>& own) {
  return std::any_of(own.begin(), own.end(),
                     [](const OptionRule& rule) { return std::string_view(rule.name) == kPretrained.name; });
}

std::vector<OptionRule> with_common_options(std::vector<OptionRule> own) {
  if (!declares_pretrained(own)) own.push_back(kPretrained);
  return own;
}

}  // namespace rraebench
