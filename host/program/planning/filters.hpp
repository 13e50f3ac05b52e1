#pragma once
// Implements: which models, data sets and comparisons of its suites a user asked for.

#include "host/program/suites/suite.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// Of each what was asked for; empty: all.
struct Filters {
  std::vector<std::string> models;  // Plugin names or labels.
  std::vector<std::string> datasets;
  std::vector<std::string> comparisons;  // By name.
};

/// Whether `filter` has one of the names of a thing; an empty one asks for everything.
bool is_wanted(const std::vector<std::string>& filter, const std::vector<std::string>& names);

/// Throws UserError for a name that is asked for twice or is in none of the suites.
void check_filters(const std::vector<Suite>& suites, const Filters& filters);

}  // namespace rraebench
