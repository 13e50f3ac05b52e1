#include "host/program/suites/suite_reader.hpp"

#include "datasets/catalog.hpp"
#include "host/common/errors.hpp"
#include "host/program/suites/claims.hpp"
#include "host/program/suites/limits.hpp"
#include "host/program/suites/measurements.hpp"
#include "host/program/suites/published_check.hpp"
#include "host/program/suites/suite_checks.hpp"
#include "host/program/suites/suite_files.hpp"
#include "host/program/suites/toml_document.hpp"
#include "host/program/suites/toml_reader.hpp"
#include "host/program/suites/training.hpp"
#include "host/program/utf8_names.hpp"
#include "rraebench/options.hpp"

#include <functional>
#include <optional>
#include <set>
#include <utility>

namespace rraebench {
namespace {

std::vector<PublishedRecord> read_published(const TomlReader& table, const SuiteComparison& comparison) {
  std::vector<PublishedRecord> records;
  if (!table.has("published")) return records;
  for (const auto& entry : table.tables(
           "published", {"label", "protocol", "name", "variant", "split", "value", "deviation", "source"})) {
    PublishedRecord record{comparison.name,
                           label_in(comparison, entry.text("label")),
                           entry.text("protocol"),
                           entry.text("name"),
                           entry.text("variant", ""),
                           entry.text("split", ""),
                           entry.real("value", -1e300, 1e300),
                           std::nullopt,
                           entry.text("source")};
    if (entry.has("deviation")) record.deviation = entry.real("deviation", 0.0, 1e300);
    if (const auto mismatch = find_mismatch(record, comparison)) entry.fail(mismatch->key, mismatch->what);
    require_new_figure(entry, record, records);
    records.push_back(std::move(record));
  }
  return records;
}

/// An option and the values that it takes one after another.
struct Sweep {
  std::string option;
  std::vector<std::string> values;
  std::string place;  // Of the values.
};

/// What key `sweep` of `table` says; nullopt where there is none. `is_given`: whether an option has one value
/// already.
std::optional<Sweep> read_sweep(const TomlReader& table,
                                const std::function<bool(const std::string& option)>& is_given) {
  if (!table.has("sweep")) return std::nullopt;
  const auto sweep = table.table("sweep", {"option", "values"});
  const auto option = sweep.text("option");
  if (is_given(option)) sweep.fail("option", "'" + option + "' stands among the options, too");
  const auto values = sweep.scalars("values");
  require_distinct(sweep, "values", values);
  return Sweep{option, values, sweep.place("values")};
}

/// One model, or one for each value of the option that it sweeps.
std::vector<SuiteModel> read_models(const TomlReader& entry) {
  SuiteModel model;
  model.plugin = entry.text("plugin");
  model.label = entry.text("label", model.plugin);
  model.own_label = model.label;
  model.options = entry.options("options");
  model.places.set("", entry.place("plugin"));
  if (entry.has("options"))
    for (const auto& [name, value] : model.options)
      model.places.set(name, entry.open_table("options").place(name));
  const auto sweep =
      read_sweep(entry, [&](const std::string& option) { return model.options.count(option) > 0; });
  if (!sweep) return {model};
  std::vector<SuiteModel> models;
  for (const auto& value : sweep->values) {
    auto swept = model;
    swept.places.set(sweep->option, sweep->place);
    swept.label += option_suffix(sweep->option, value);
    swept.options[sweep->option] = value;
    models.push_back(std::move(swept));
  }
  return models;
}

/// Where the keys stand that errors of planning name.
Places places_of(const TomlReader& table) {
  Places places;
  places.set("", table.place("name"));
  for (const char* key : {"dataset", "network", "training", "extractor", "reference_split", "features",
                          "interpolate", "generate"})
    if (table.has(key)) places.set(key, table.place(key));
  const auto add_keys_of = [&](const std::string& key, const std::vector<std::string>& names) {
    if (!table.has(key)) return;
    const auto inner = table.open_table(key);
    for (const auto& name : names)
      if (inner.has(name)) places.set(name, inner.place(name));
  };
  for (const std::string key : {"dataset", "network"}) {
    if (!table.has(key)) continue;
    const auto inner = table.open_table(key);
    for (const auto& name : inner.keys()) places.set(key + "." + name, inner.place(name));
  }
  add_keys_of("training", {"precision", "batch_size", "stages", "fine_tuning"});
  add_keys_of("features", {"metrics", "neighbours", "kid_subset_size", "statistics"});
  add_keys_of("interpolate", {"kind"});
  add_keys_of("generate", {"samplers", "count"});
  return places;
}

std::vector<std::int64_t> read_seeds(const TomlReader& table) {
  auto seeds = table.integers("seeds", 0, kLargestSeed);
  if (static_cast<std::int64_t>(seeds.size()) > kMostSeeds)
    table.fail("seeds", "has " + std::to_string(seeds.size()) + " entries but must have at most " +
                            std::to_string(kMostSeeds));
  require_distinct(table, "seeds", seeds);
  return seeds;
}

std::vector<std::string> read_keep(const TomlReader& table) {
  auto kinds = table.texts("keep");
  for (const auto& kind : kinds)
    if (const auto fault = kind_fault(kind); !fault.empty()) table.fail("keep", fault);
  require_distinct(table, "keep", kinds);
  return kinds;
}

std::vector<SuiteModel> read_all_models(const TomlReader& table, const std::string& comparison) {
  std::vector<SuiteModel> models;
  std::set<std::string> labels;
  for (const auto& entry : table.tables("models", {"plugin", "label", "options", "sweep"}))
    for (auto& model : read_models(entry)) {
      if (!labels.insert(model.label).second)
        entry.fail("label", "'" + model.label + "' stands twice in comparison '" + comparison + "'");
      models.push_back(std::move(model));
    }
  return models;
}

/// An option of the data and one of the values that a comparison sweeps it over; without a name: none.
struct SweptOption {
  std::string name;
  std::string value;
};

/// One for each value of the data's option that is swept, or one alone.
std::vector<SweptOption> read_dataset_sweep(const TomlReader& dataset) {
  const auto sweep = read_sweep(dataset, [&](const std::string& option) { return dataset.has(option); });
  if (!sweep) return {{}};
  std::vector<SweptOption> swept;
  for (const auto& value : sweep->values) swept.push_back({sweep->option, value});
  return swept;
}

/// Name and data, with the value of the option that is swept in both.
void read_dataset(const TomlReader& table, const SweptOption& swept, SuiteComparison& comparison) {
  comparison.name = table.text("name");
  comparison.own_name = comparison.name;
  const auto dataset = table.open_table("dataset");
  auto options = dataset.options_except({"name", "sweep"});
  if (!swept.name.empty()) {
    comparison.name += option_suffix(swept.name, swept.value);
    options[swept.name] = swept.value;
  }
  try {
    auto choice = choose_dataset(dataset.text("name"), options);
    comparison.dataset = std::move(choice.name);
    comparison.dataset_options = std::move(choice.options);
  } catch (const OptionError& error) {
    dataset.fail("name", error.what());
  }
}

/// What runs leave: of the comparison's own keys, else of the suite's.
std::vector<std::string> read_kept(const TomlReader& table, const std::vector<std::string>& suite_keep,
                                   const SuiteComparison& comparison) {
  const auto wanted = table.has("keep") ? read_keep(table) : suite_keep;
  auto kept = possible_kinds(wanted, comparison);
  if (table.has_own("keep") && kept != wanted)
    table.fail("keep", "names samples, and the comparison has no generate; add it or leave them out");
  return kept;
}

SuiteComparison read_comparison(const TomlReader& table, const std::vector<std::int64_t>& suite_seeds,
                                const std::vector<std::string>& suite_keep, const SweptOption& swept) {
  SuiteComparison comparison;
  read_dataset(table, swept, comparison);
  const auto network = table.open_table("network");
  comparison.network_family = network.text("family");
  comparison.network_options = network.options_except({"family"});
  comparison.training = read_training(table);
  comparison.places = places_of(table);
  read_measurements(table, comparison);
  comparison.keep = read_kept(table, suite_keep, comparison);
  check_comparison_keys(table, comparison);
  comparison.models = read_all_models(table, comparison.name);
  comparison.published = read_published(table, comparison);
  comparison.seeds = table.has("seeds") ? read_seeds(table) : suite_seeds;
  return comparison;
}

}  // namespace

Suite load_suite(const std::string& name_or_path) {
  require_utf8("the suite", name_or_path);
  const auto path = find_suite(name_or_path);
  const auto document = read_toml(path);
  const TomlReader top(
      path.string(), "", document,
      {"description", "seeds", "time_limit_minutes", "defaults", "comparison", "claim", "keep"});
  const std::vector<std::string> shared_keys = {"dataset",     "network",         "training",
                                                "extractor",   "reference_split", "features",
                                                "interpolate", "generate",        "keep"};
  auto keys = shared_keys;
  keys.insert(keys.begin(), "name");
  keys.insert(keys.end(), {"models", "published", "seeds"});
  const toml::table nothing;
  const auto defaults = top.has("defaults") ? top.table("defaults", shared_keys)
                                            : TomlReader(path.string(), "defaults", nothing, {});
  Suite suite;
  suite.name = path.stem().string();
  suite.file = std::filesystem::canonical(path).string();
  suite.description = top.text("description", "");
  const auto seeds = read_seeds(top);
  const auto keep = top.has("keep") ? read_keep(top) : std::vector<std::string>{};
  suite.time_limit_minutes = top.real("time_limit_minutes", 0.0, 0.0, kMostMinutes);
  std::set<std::string> names;
  for (const auto& entry : top.tables("comparison", keys)) {
    const auto table = entry.with_defaults(defaults);
    for (const auto& swept : read_dataset_sweep(table.open_table("dataset"))) {
      suite.comparisons.push_back(read_comparison(table, seeds, keep, swept));
      if (!names.insert(suite.comparisons.back().name).second)
        entry.fail("name", "'" + suite.comparisons.back().name + "' stands twice");
    }
  }
  suite.claims = read_claims(top, suite.comparisons);
  return suite;
}

}  // namespace rraebench
