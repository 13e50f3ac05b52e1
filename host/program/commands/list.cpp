#include "datasets/catalog.hpp"
#include "host/common/errors.hpp"
#include "host/common/exit_codes.hpp"
#include "host/common/installation.hpp"
#include "host/program/commands.hpp"
#include "host/program/commands/planning.hpp"
#include "host/program/failure_words.hpp"
#include "host/program/planning/plugin_catalog.hpp"
#include "host/program/standard_output.hpp"
#include "host/program/suites/suite_files.hpp"
#include "host/program/suites/suite_reader.hpp"
#include "metrics/catalog.hpp"
#include "reports/analysis/protocols.hpp"
#include "reports/render/table_format.hpp"
#include "rraebench/architecture.hpp"
#include "rraebench/suggest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>

namespace rraebench {
namespace {

namespace po = boost::program_options;

constexpr const char* kRequired = "required";  // In place of the default of an option that has none.

std::string option_text(const OptionRule& rule) {
  return rule.default_value == nullptr ? fmt::format("{} ({})", rule.name, kRequired)
                                       : fmt::format("{}={}", rule.name, rule.default_value);
}

Table list_models(const po::variables_map& values) {
  const auto folders = plugin_folders(option_texts(values, "plugin-dir"));
  Table table{{"model", "version", "what", "options (default)", "file"}, {}};
  for (const auto& plugin : discover_plugins_with_warnings(folders, default_cache_folder())) {
    std::vector<std::string> options;
    for (const auto& rule : plugin.option_rules()) options.push_back(option_text(rule));
    const auto what = plugin.unusable.empty() ? plugin.summary : "UNUSABLE: " + plugin.unusable;
    table.rows.push_back({plugin.name, plugin.version, what, join_names(options), plugin.file.string()});
  }
  return table;
}

Table list_datasets(const po::variables_map& values) {
  const std::filesystem::path data_dir = values["data-dir"].as<std::string>();
  Table table{{"data set", "what", "shape", "samples", "where", "licence"}, {}};
  for (const auto& [dataset, load, locate] : data_sources())
    table.rows.push_back({std::string(dataset.name), std::string(dataset.summary), std::string(dataset.shape),
                          std::string(dataset.counts), locate(data_dir).text, std::string(dataset.licence)});
  return table;
}

Table list_metrics(const po::variables_map& /*values*/) {
  Table table{{"metric", "protocols", "unit", "better", "definition", "source"}, {}};
  for (const auto& metric : metric_catalog())
    table.rows.push_back({std::string(metric.name), join_names(metric.protocols), std::string(metric.unit),
                          std::string(metric.better), std::string(metric.definition),
                          std::string(metric.source)});
  return table;
}

Table list_protocols(const po::variables_map& /*values*/) {
  Table table{{"protocol", "what it does"}, {}};
  for (const auto& protocol : kAllProtocols)
    table.rows.push_back({std::string(protocol.name), std::string(protocol.what)});
  return table;
}

Table list_suites(const po::variables_map& /*values*/) {
  Table table{{"suite", "what", "comparisons", "runs"}, {}};
  for (const auto& file : known_suites()) {
    try {
      const auto suite = load_suite(file.string());
      std::vector<std::string> names;
      std::size_t runs = 0;
      for (const auto& comparison : suite.comparisons) {
        names.push_back(comparison.name);
        runs += comparison.models.size() * comparison.seeds.size();
      }
      table.rows.push_back(
          {suite.name, suite.description, join_names(names), static_cast<std::int64_t>(runs)});
    } catch (const std::exception&) {
      table.rows.push_back({file.stem().string(), "UNUSABLE: " + failure_words(std::current_exception()), "",
                            std::int64_t{0}});
    }
  }
  return table;
}

Table list_networks(const po::variables_map& /*values*/) {
  Table table{{"network", "what", "options (default)"}, {}};
  for (const auto& family : network_families()) {
    std::vector<std::string> options;
    for (const auto& rule : family.options) options.push_back(option_text(rule));
    table.rows.push_back({std::string(family.name), std::string(family.summary), join_names(options)});
  }
  return table;
}

std::string type_name(OptionType type) {
  switch (type) {
    case OptionType::kInteger:
      return "integer";
    case OptionType::kReal:
      return "number";
    case OptionType::kBoolean:
      return "true or false";
    case OptionType::kFile:
      return "file";
    case OptionType::kText:
      break;
  }
  return "text";
}

/// "1 to 100", "at least 0", "a, b or c"
std::string range_of(const OptionRule& rule) {
  auto choices = detail::split_choices(rule.choices);
  if (rule.type == OptionType::kText) return fmt::format("{}", fmt::join(choices, ", "));
  std::string range;
  if (std::isfinite(rule.minimum) && std::isfinite(rule.maximum))
    range = detail::number_text(rule.minimum) + " to " + detail::number_text(rule.maximum);
  else if (std::isfinite(rule.minimum))
    range = "at least " + detail::number_text(rule.minimum);
  else if (std::isfinite(rule.maximum))
    range = "at most " + detail::number_text(rule.maximum);
  for (const auto& name : choices)
    range += fmt::format("{}at most {}", range.empty() ? "" : ", ",
                         name == "train" ? "the training samples" : name);
  return range;
}

/// Every option with all that is known of it.
Table describe_options(const std::vector<OptionRule>& rules) {
  Table table{{"option", "type", "default", "may be", "what it does"}, {}};
  for (const auto& rule : rules)
    table.rows.push_back({std::string(rule.name), type_name(rule.type),
                          std::string(rule.default_value == nullptr ? kRequired : rule.default_value),
                          range_of(rule), std::string(rule.help)});
  return table;
}

Table options_of_model(const std::string& name, const po::variables_map& values) {
  const auto folders = plugin_folders(option_texts(values, "plugin-dir"));
  const auto plugins = discover_plugins_with_warnings(folders, default_cache_folder());
  return describe_options(find_plugin(plugins, name, folders).option_rules());
}

Table options_of_dataset(const std::string& name, const po::variables_map& /*values*/) {
  return describe_options(dataset_description(name).options);
}

Table options_of_network(const std::string& name, const po::variables_map& /*values*/) {
  return describe_options(network_family(name).options);
}

/// The row that begins with the name.
Table row_of(Table table, const std::string& name) {
  std::vector<std::string> known;
  for (const auto& row : table.rows) {
    known.push_back(std::get<std::string>(row.front()));
    if (known.back() == name) {
      auto found = row;
      table.rows = {std::move(found)};
      return table;
    }
  }
  throw UserError("no " + table.columns.front() + " '" + name + "': " + suggest_name(name, known));
}

Table one_metric(const std::string& name, const po::variables_map& values) {
  return row_of(list_metrics(values), name);
}

Table one_protocol(const std::string& name, const po::variables_map& values) {
  return row_of(list_protocols(values), name);
}

/// "2000 steps", "30 epochs"
std::string budget_of(const TrainingPlan& training) {
  std::int64_t steps = 0;
  std::int64_t epochs = 0;
  for (const auto* stages : {&training.stages, &training.fine_tuning})
    for (const auto& stage : *stages) {
      steps += stage.steps;
      if (stage.steps == 0) epochs += stage.epochs;
    }
  std::vector<std::string> parts;
  if (steps > 0) parts.push_back(fmt::format("{} steps", steps));
  if (epochs > 0) parts.push_back(fmt::format("{} epochs", epochs));
  return join_names(parts);
}

/// What its comparisons train: a row a model.
Table models_of_suite(const std::string& name, const po::variables_map& /*values*/) {
  Table table{{"comparison", "data set", "model", "plugin", "options", "network", "budget", "seeds"}, {}};
  for (const auto& comparison : load_suite(name).comparisons) {
    for (const auto& model : comparison.models) {
      std::vector<std::string> options;
      for (const auto& [option, value] : model.options) options.push_back(option + "=" + value);
      table.rows.push_back({comparison.name, comparison.dataset, model.label, model.plugin,
                            join_names(options), comparison.network_family, budget_of(comparison.training),
                            static_cast<std::int64_t>(comparison.seeds.size())});
    }
  }
  return table;
}

struct Listing {
  const char* name;
  Table (*make)(const po::variables_map& values);
  const char* option;  // The one that it looks at beside --format; null: none.
  Table (*one)(const std::string& name, const po::variables_map& values);
};

constexpr Listing kListings[] = {{"models", list_models, "plugin-dir", options_of_model},
                                 {"datasets", list_datasets, "data-dir", options_of_dataset},
                                 {"networks", list_networks, nullptr, options_of_network},
                                 {"metrics", list_metrics, nullptr, one_metric},
                                 {"protocols", list_protocols, nullptr, one_protocol},
                                 {"suites", list_suites, nullptr, models_of_suite}};

const Listing& find_listing(const std::string& name) {
  std::vector<std::string> known;
  for (const auto& listing : kListings) {
    if (listing.name == name) return listing;
    known.emplace_back(listing.name);
  }
  throw UserError("cannot list '" + name + "': " + suggest_name(name, known));
}

void check_options(const Listing& wanted, const po::variables_map& values) {
  for (const auto& listing : kListings)
    if (listing.option != nullptr && listing.option != wanted.option && values.count(listing.option) > 0 &&
        !values[listing.option].defaulted())
      throw UserError(std::string("--") + listing.option + " is of `rraebench list " + listing.name +
                      "`; leave it out");
}

}  // namespace

CommandLine list_command_line() {
  CommandLine line{
      "rraebench list {models|datasets|networks|metrics|protocols|suites} [NAME] [OPTION...]",
      "Shows what there is to run and what is measured; with the name of a model, data set or network\n"
      "all of its options, of a suite (or its file) what its comparisons train.",
      po::options_description("options"),
      "what",
      2,
      {"rraebench list models", "rraebench list models vrrae", "rraebench list datasets --data-dir ~/data",
       "rraebench list suites vrrae-mnist", "rraebench list metrics --format json"}};
  line.options.add_options()("format", po::value<std::string>()->default_value("table"),
                             "table, csv, json or markdown")(
      "plugin-dir", po::value<std::vector<std::string>>(), "a further folder of plugins")(
      "data-dir", po::value<std::string>()->default_value(default_data_folder().string()),
      "folder with the data sets");
  return line;
}

int run_list(const std::vector<std::string>& arguments) {
  auto line = list_command_line();
  const auto values = parse_command_line(line, arguments);
  if (!values) return kExitOk;
  if (values->count("what") == 0) throw UserError("list what? usage: " + line.usage);
  const auto words = option_texts(*values, "what");
  const auto& listing = find_listing(words.front());
  check_options(listing, *values);
  const auto table = words.size() > 1 ? listing.one(words[1], *values) : listing.make(*values);
  std::cout << format_table(table, parse_table_format((*values)["format"].as<std::string>()),
                            output_layout());
  return kExitOk;
}

}  // namespace rraebench
