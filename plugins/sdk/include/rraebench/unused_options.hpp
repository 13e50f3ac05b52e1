#pragma once
// Implements: options that would do nothing beside others.

#include "rraebench/options.hpp"

#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>

namespace rraebench {

/// For the constructor of a model that makes nothing of the options `names`, which are among its `rules`,
/// because of another. Throws std::invalid_argument for one that is not at its default; `why` there is
/// nothing to make: "noise=singular has no KL".
template <std::size_t Count>
void require_defaults(const OptionRule (&rules)[Count], const Options& options,
                      std::initializer_list<const char*> names, const std::string& why) {
  for (const std::string name : names)
    for (const auto& rule : rules)
      if (rule.name == name && options.text(name) != canonical_option(rule, rule.default_value))
        throw std::invalid_argument("option '" + name + "' is " + options.text(name) + " but " + why +
                                    "; leave it out");
}

}  // namespace rraebench
