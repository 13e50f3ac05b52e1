#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/spec_document.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/planning/spec_differences.hpp"
#include "host/program/standard_output.hpp"
#include "reports/render/table_format.hpp"
#include "reports/store/stored_run.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iostream>
#include <limits>

namespace rraebench {
namespace {

namespace po = boost::program_options;

/// What a run is held against.
struct Asked {
  std::string by;       // "the suite (when it last ran)", "my-suite.toml".
  nlohmann::json spec;  // Null where nothing is asked for.
  std::string missing;  // Why it is null.
};

Asked asked_when_it_ran(const ResultsDatabase& database, const RunRecord& run) {
  const auto settings = asked_settings(database, run);
  auto spec = nlohmann::json::parse(settings.value_or(""), nullptr, /*allow_exceptions=*/false);
  if (!spec.is_object())
    return {"the suite", nullptr,
            fmt::format("suite '{}' asks for nothing at this place any more", run.suite)};
  return {"the suite", std::move(spec), ""};
}

Asked asked_by_suite(const po::variables_map& values, const RunRecord& run) {
  const auto name = values["suite"].as<std::string>();
  const auto suite = chosen_suite(name, values);
  auto request = planning_request(values);
  Asked nothing{name, nullptr,
                fmt::format("{} has no model '{}' in comparison '{}' on data set '{}'", name, run.label,
                            run.comparison, run.dataset)};
  for (const auto& comparison : suite.comparisons) {
    if (comparison.name != run.comparison || comparison.dataset != run.dataset) continue;
    request.filters.datasets = {run.dataset};
    request.filters.comparisons = {run.comparison};
    const auto plugins = discover_plugins_with_warnings(request.plugin_folders, request.cache_dir);
    for (const auto& planned : plan_with_progress({suite}, plugins, request))
      if (planned.spec.label == run.label) return {name, without_places(to_json(planned.spec)), ""};
  }
  return nothing;
}

std::string field_text(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// "training.stages.0.steps" for "/training/stages/0/steps".
std::string field_name(const std::string& pointer) {
  auto name = pointer.substr(1);
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

/// One row a field; in the last column what is asked for where it is something else. Seeds are not asked for.
Table field_table(const nlohmann::json& spec, const nlohmann::json& asked) {
  Table table{{"field", "this run", "asked for instead"}, {}};
  const auto own = spec.flatten();
  const auto other = asked.is_object() ? asked.flatten() : nlohmann::json::object();
  const auto add = [&](const std::string& pointer) {
    const auto here = own.find(pointer);
    const auto there = other.find(pointer);
    Cell instead;
    if (!other.empty() && pointer != "/seed") {
      if (there == other.end())
        instead = std::string("(no such field)");
      else if (here == own.end() || *here != *there)
        instead = field_text(*there);
    }
    table.rows.push_back(
        {field_name(pointer), here == own.end() ? Cell() : Cell(field_text(*here)), instead});
  };
  for (const auto& field : own.items()) add(field.key());
  for (const auto& field : other.items())
    if (own.find(field.key()) == own.end()) add(field.key());
  return table;
}

std::string verdict(const RunRecord& run, nlohmann::json spec, const Asked& asked) {
  if (asked.spec.is_null()) return "does not count: " + asked.missing;
  auto wanted = asked.spec;
  spec.erase("seed");
  wanted.erase("seed");
  const auto differences = spec_differences(spec, wanted, std::numeric_limits<std::size_t>::max());
  if (!differences.empty()) return fmt::format("does not count: {} asks for {}", asked.by, differences);
  if (run.status != RunStatus::kOk)
    return fmt::format("is what {} asks for, but ended as {}: {}", asked.by, run_status_name(run.status),
                       run.message);
  return "counts: it is what " + asked.by + " asks for";
}

}  // namespace

CommandLine explain_command_line() {
  CommandLine line{
      "rraebench explain RUN [--suite SUITE] [OPTION...]",
      "Prints the fields that make up a run's identity and, beside them, where what its suite asks for now\n"
      "differs: why the stored run counts or does not. RUN is an id or the beginning of an identity.",
      po::options_description("options"),
      "run",
      1,
      {"rraebench explain 12", "rraebench explain 3f9a --db results.db",
       "rraebench explain 12 --suite my-suite.toml"},
      {{"scale", "suite"}, {"precision", "suite"}}};
  line.options.add_options()("suite", po::value<std::string>(),
                             "hold it against this suite as it is now, not as it last ran");
  add_scale_options(line.options);
  line.options.add_options()("format", po::value<std::string>()->default_value("table"),
                             "table, csv, json or markdown")(
      "db", po::value<std::string>()->default_value("results.db"), "results database");
  add_planning_options(line.options);
  return line;
}

int run_explain(const std::vector<std::string>& arguments) {
  auto line = explain_command_line();
  const auto parsed = parse_command_line(line, arguments);
  if (!parsed) return kExitOk;
  const auto& values = *parsed;
  if (values.count("run") == 0)
    throw UserError("explain which run? usage: " + line.usage + " (rraebench query --view runs)");
  const auto format = parse_table_format(values["format"].as<std::string>());
  const auto database = ResultsDatabase::open_read_only(values["db"].as<std::string>());
  const auto id = find_run_id(database, values["run"].as<std::vector<std::string>>().front());
  const auto run = read_run(database, id);
  const auto spec = without_places(nlohmann::json::parse(run.spec_json, nullptr, /*allow_exceptions=*/false));
  if (!spec.is_object())
    throw UserError(
        fmt::format("{}: run {} has no specification that can be read", database.path().string(), id));
  const auto asked =
      values.count("suite") > 0 ? asked_by_suite(values, run) : asked_when_it_ran(database, run);
  std::cout << format_table(field_table(spec, asked.spec), format, output_layout());
  std::cerr << fmt::format("run {} ({}, attempt {}, identity {}) {}\n", id, run_status_name(run.status),
                           run.attempt, run.identity.substr(0, 12),
                           printable(verdict(run, spec, asked), 2000));
  return kExitOk;
}

}  // namespace rraebench
