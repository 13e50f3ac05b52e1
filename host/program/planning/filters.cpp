#include "host/program/planning/filters.hpp"

#include "host/common/errors.hpp"
#include "host/program/utf8_names.hpp"
#include "reports/analysis/asked_names.hpp"
#include "reports/analysis/sweeps.hpp"
#include "rraebench/suggest.hpp"

#include <algorithm>
#include <set>

namespace rraebench {
namespace {

void require_distinct(const std::vector<std::string>& filter, const std::string& what) {
  for (auto name = filter.begin(); name != filter.end(); ++name)
    if (std::any_of(filter.begin(), name, [&](const std::string& one) { return same_name(one, *name); }))
      throw UserError(what + " '" + *name + "' is asked for twice; name it once");
}

void require_known(const std::vector<std::string>& filter, const std::set<std::string>& known,
                   const std::string& what) {
  const bool any_commas = std::any_of(known.begin(), known.end(), [](const std::string& name) {
    return name.find(',') != std::string::npos;
  });
  for (const auto& name : filter)
    if (!means_any(name, known))
      throw UserError(what + " '" + name + "' is in none of these suites: " +
                      suggest_name(name, std::vector<std::string>(known.begin(), known.end())) +
                      (any_commas ? "; --model takes a name with its commas" : ""));
}

}  // namespace

bool is_wanted(const std::vector<std::string>& filter, const std::vector<std::string>& names) {
  return filter.empty() || std::any_of(names.begin(), names.end(),
                                       [&](const std::string& name) { return is_asked_for(filter, name); });
}

void check_filters(const std::vector<Suite>& suites, const Filters& filters) {
  require_distinct(filters.models, "model");
  require_distinct(filters.datasets, "data set");
  require_distinct(filters.comparisons, "comparison");
  std::set<std::string> models;
  std::set<std::string> datasets;
  std::set<std::string> comparisons;
  for (const auto& suite : suites)
    for (const auto& comparison : suite.comparisons) {
      datasets.insert(comparison.dataset);
      comparisons.insert({comparison.name, comparison.own_name});
      for (const auto& model : comparison.models) {
        models.insert({model.plugin, model.label, model.own_label});
      }
    }
  require_known(filters.models, models, "model");
  require_known(filters.datasets, datasets, "data set");
  require_known(filters.comparisons, comparisons, "comparison");
}

}  // namespace rraebench
