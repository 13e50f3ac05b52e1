#include "host/program/running/asking.hpp"

#include "reports/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <iostream>

namespace rraebench {

void ask_for(const std::vector<PlannedSuite>& suites, const std::vector<PlannedRun>& asked,
             const std::string& now, ResultsDatabase& database) {
  for (const auto& suite : suites) {
    const auto before = database.suite_file(suite.name);
    if (before && *before != suite.file)
      std::cerr << fmt::format(
          "warning: the results of suite '{}' were those of {} so far; from now on {} counts\n",
          printable(suite.name), printable(*before), printable(suite.file));
    std::vector<AskedSettings> settings;
    for (const auto& run : asked)
      if (run.spec.suite == suite.name)
        settings.push_back(
            {{run.spec.comparison, run.spec.dataset, run.spec.label}, to_json(run.spec).dump()});
    database.ask(suite.name, suite.file, now, settings, suite.places);
    database.set_published(suite.name, suite.published);
    database.set_claims(suite.name, suite.claims);
  }
}

}  // namespace rraebench
