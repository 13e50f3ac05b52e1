#include "host/program/suites/suite.hpp"

#include "datasets/catalog.hpp"
#include "host/common/artefact_kinds.hpp"
#include "host/common/errors.hpp"
#include "host/common/extractor_name.hpp"
#include "host/common/feature_samples.hpp"
#include "host/common/installation.hpp"
#include "host/common/precision.hpp"
#include "host/common/sampler.hpp"
#include "host/program/suites/claims.hpp"
#include "host/program/suites/limits.hpp"
#include "host/program/suites/published_check.hpp"
#include "host/program/suites/suite_checks.hpp"
#include "host/program/suites/toml_document.hpp"
#include "host/program/suites/toml_reader.hpp"
#include "host/program/utf8_names.hpp"
#include "rraebench/architecture.hpp"
#include "rraebench/options.hpp"
#include "rraebench/suggest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <set>

namespace rraebench {
namespace {

/// Empty, or what is wrong with it.
std::string precision_fault(const std::string& precision) {
  const auto known = known_precisions();
  if (std::find(known.begin(), known.end(), precision) != known.end()) return {};
  return fmt::format("is '{}' but must be one of {}", precision, fmt::join(known, ", "));
}

std::vector<TrainingStage> read_stages(const TomlReader& training, const std::string& key) {
  std::vector<TrainingStage> stages;
  if (training.is_empty_list(key)) return stages;  // For models with nothing to train.
  for (const auto& entry : training.tables(key, {"learning_rate", "steps", "epochs"})) {
    TrainingStage stage;
    stage.learning_rate = entry.real("learning_rate", 0.0, kHighestLearningRate);
    stage.steps = entry.integer("steps", 0, 1, kMostSteps);
    stage.epochs = entry.integer("epochs", 0, 1, kMostEpochs);
    if ((stage.steps > 0) == (stage.epochs > 0)) entry.fail("steps", "give either steps (batches) or epochs");
    stages.push_back(stage);
  }
  return stages;
}

TrainingPlan read_training(const TomlReader& training) {
  TrainingPlan plan;
  plan.optimiser = training.text("optimiser", plan.optimiser);
  if (plan.optimiser != "adabelief" && plan.optimiser != "adam")
    training.fail("optimiser", "is '" + plan.optimiser + "' but must be adabelief or adam");
  plan.precision = training.text("precision", plan.precision);
  plan.belief = training.text("belief", plan.belief);
  if (plan.belief != "current" && plan.belief != "previous")
    training.fail("belief", "is '" + plan.belief + "' but must be current or previous");
  if (plan.optimiser != "adabelief" && training.has("belief"))
    training.fail("belief", "is for optimiser = \"adabelief\" alone; leave it out");
  if (const auto fault = precision_fault(plan.precision); !fault.empty()) training.fail("precision", fault);
  plan.batch_size = training.integer("batch_size", plan.batch_size, 1, kMostSamples);
  plan.stages = read_stages(training, "stages");
  if (training.has("fine_tuning")) plan.fine_tuning = read_stages(training, "fine_tuning");
  plan.stagnation_window = training.integer("stagnation_window", 0, 0, kMostSteps);
  plan.stagnation_tolerance = training.real("stagnation_tolerance", 0.0, 0.0, 1.0);
  plan.stagnation_count = training.integer("stagnation_count", plan.stagnation_count, 1, kMostSteps);
  for (const char* key : {"stagnation_tolerance", "stagnation_count"})
    if (plan.stagnation_window == 0 && training.has(key))
      training.fail(key, "means nothing without a stagnation_window; give one or leave it out");
  return plan;
}

InterpolationPlan read_interpolation(const TomlReader& table) {
  InterpolationPlan plan;
  plan.kind = table.text("kind");
  if (plan.kind != "grid" && plan.kind != "pairs")
    table.fail("kind", "is '" + plan.kind + "' but must be grid or pairs");
  plan.pairs = table.integer("pairs", plan.pairs, 1, kMostSamples);
  plan.steps = table.integer("steps", plan.steps, 1, kMostSamples);
  plan.sets = table.integer("sets", plan.sets, 1, kMostDraws);
  check_interpolation_keys(table, plan);
  return plan;
}

GenerationPlan read_generation(const TomlReader& table) {
  GenerationPlan plan;
  plan.count = table.integer("count", plan.count, 2, kMostSamples);
  plan.samplers = table.texts("samplers");
  for (const auto& sampler : plan.samplers)
    if (!find_sampler(sampler))
      table.fail("samplers", "no sampler '" + sampler + "'; known: " + kKnownSamplers);
  require_distinct(table, "samplers", plan.samplers);
  return plan;
}

std::string read_extractor(const TomlReader& comparison) {
  if (!comparison.has("extractor")) return "";
  auto name = comparison.text("extractor");
  if (const auto fault = extractor_fault(name); !fault.empty()) comparison.fail("extractor", fault);
  return name;
}

FeaturePlan read_features(const TomlReader& table, const std::string& extractor) {
  FeaturePlan plan;
  plan.statistics = table.text("statistics", "");
  plan.metrics = usual_metrics(plan);
  if (table.has("metrics")) {
    plan.metrics = table.texts("metrics");
    require_distinct(table, "metrics", plan.metrics);
    if (const auto fault = feature_metrics_fault(plan.metrics, extractor); !fault.empty())
      table.fail("metrics", fault);
  }
  plan.neighbours = table.integer("neighbours", plan.neighbours, 1, kKeptFeatures - 1);
  plan.kid_subsets = table.integer("kid_subsets", plan.kid_subsets, 1, kMostDraws);
  plan.kid_subset_size = table.integer("kid_subset_size", plan.kid_subset_size, 2, kKeptFeatures);
  plan.bootstrap = table.integer("bootstrap", plan.bootstrap, 0, kMostDraws);
  if (plan.bootstrap == 1) table.fail("bootstrap", "is 1 but must be 0 (none) or at least 2 replicates");
  check_feature_keys(table, plan);
  return plan;
}

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

/// Empty, or what is wrong with it.
std::string kind_fault(const std::string& kind) {
  const auto& known = artefact_kinds();
  if (std::find(known.begin(), known.end(), kind) != known.end()) return {};
  return fmt::format("no '{}' can be kept: {}", kind, suggest_name(kind, known));
}

std::vector<std::string> read_keep(const TomlReader& table) {
  auto kinds = table.texts("keep");
  for (const auto& kind : kinds)
    if (const auto fault = kind_fault(kind); !fault.empty()) table.fail("keep", fault);
  require_distinct(table, "keep", kinds);
  return kinds;
}

/// Those of `kinds` that the comparison's runs have.
std::vector<std::string> possible_kinds(std::vector<std::string> kinds, const SuiteComparison& comparison) {
  if (!comparison.generation) kinds.erase(std::remove(kinds.begin(), kinds.end(), kSamples), kinds.end());
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

/// What is made with trained models, and by what that is measured.
void read_measurements(const TomlReader& table, SuiteComparison& comparison) {
  comparison.extractor = read_extractor(table);
  comparison.reference_split = table.text("reference_split", "test");
  if (comparison.reference_split != "test" && comparison.reference_split != "train")
    table.fail("reference_split", "is '" + comparison.reference_split + "' but must be test or train");
  if (table.has("features")) {
    if (comparison.extractor.empty())
      table.fail("features", std::string("needs an extractor; known: ") + kKnownExtractors);
    comparison.features = read_features(
        table.table("features",
                    {"metrics", "neighbours", "kid_subsets", "kid_subset_size", "bootstrap", "statistics"}),
        comparison.extractor);
  }
  if (table.has("interpolate"))
    comparison.interpolation =
        read_interpolation(table.table("interpolate", {"kind", "pairs", "steps", "sets"}));
  if (table.has("generate"))
    comparison.generation = read_generation(table.table("generate", {"count", "samplers"}));
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
  comparison.training = read_training(
      table.table("training", {"optimiser", "belief", "precision", "batch_size", "stages", "fine_tuning",
                               "stagnation_window", "stagnation_tolerance", "stagnation_count"}));
  comparison.places = places_of(table);
  read_measurements(table, comparison);
  comparison.keep = read_kept(table, suite_keep, comparison);
  check_comparison_keys(table, comparison);
  comparison.models = read_all_models(table, comparison.name);
  comparison.published = read_published(table, comparison);
  comparison.seeds = table.has("seeds") ? read_seeds(table) : suite_seeds;
  return comparison;
}

std::filesystem::path find_suite(const std::string& name_or_path) {
  std::filesystem::path path(name_or_path);
  if (names_suite_file(name_or_path)) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) throw UserError(name_or_path + ": no such suite file");
    return path;
  }
  std::vector<std::string> names;
  for (const auto& known : known_suites()) {
    if (known.stem() == name_or_path) return known;
    names.push_back(known.stem().string());
  }
  throw UserError("no suite '" + name_or_path + "': " + suggest_name(name_or_path, names) +
                  " (a file of your own needs its path, ending in .toml)");
}

}  // namespace

bool names_suite_file(const std::string& name_or_path) {
  return std::filesystem::path(name_or_path).extension() == ".toml";
}

std::string option_suffix(const std::string& option, const std::string& value) {
  return " " + option + "=" + value;
}

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

std::vector<std::string> usual_metrics(const FeaturePlan& plan) {
  if (plan.statistics.empty()) return FeaturePlan().metrics;
  return {"fid", "entropy", "path"};  // What mu and sigma suffice for.
}

std::string feature_metrics_fault(const std::vector<std::string>& metrics, const std::string& extractor) {
  const auto& known = feature_metric_names();
  for (const auto& metric : metrics) {
    if (std::find(known.begin(), known.end(), metric) == known.end())
      return "no metric '" + metric + "': " + suggest_name(metric, known);
    if ((metric == "entropy" || metric == "inception_score") && extractor != "classifier")
      return "'" + metric + "' needs class probabilities, which extractor 'classifier' alone has";
  }
  return "";
}

Suite with_budget(Suite suite, double share) {
  const auto text = detail::number_text(share);
  if (!(share > 0.0 && share <= 1.0))
    throw UserError("--scale is " + text + " but must be above 0 and at most 1");
  if (share == 1.0) return suite;
  suite.name += "@" + text;
  for (auto& claim : suite.claims) claim.text += " (with " + text + " of the training)";
  for (auto& comparison : suite.comparisons) comparison.training.scale = share;
  return suite;
}

Suite with_precision(Suite suite, const std::string& precision) {
  if (const auto fault = precision_fault(precision); !fault.empty()) throw UserError("--precision " + fault);
  bool changes = false;
  for (auto& comparison : suite.comparisons) {
    changes = changes || comparison.training.precision != precision;
    comparison.training.precision = precision;
  }
  if (changes) suite.name += "@" + precision;
  return suite;
}

Suite with_kept(Suite suite, const std::vector<std::string>& kinds) {
  for (auto kind = kinds.begin(); kind != kinds.end(); ++kind) {
    if (const auto fault = kind_fault(*kind); !fault.empty()) throw UserError("--keep: " + fault);
    if (std::find(kinds.begin(), kind, *kind) != kind)
      throw UserError(fmt::format("--keep: '{}' stands twice", *kind));
  }
  bool is_left = false;
  for (auto& comparison : suite.comparisons) {
    comparison.keep = possible_kinds(kinds, comparison);
    is_left = is_left || !comparison.keep.empty();
  }
  if (!is_left)
    throw UserError(fmt::format("--keep is {} but no comparison of suite '{}' generates any",
                                fmt::join(kinds, ","), suite.name));
  return suite;
}

std::vector<std::filesystem::path> known_suites() {
  std::vector<std::filesystem::path> suites;
  for (const auto& folder : suite_folders()) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
      if (entry.path().extension() == ".toml") suites.push_back(entry.path());
  }
  // Of one name the first folder's comes first.
  std::stable_sort(suites.begin(), suites.end(),
                   [](const auto& a, const auto& b) { return a.stem() < b.stem(); });
  return suites;
}

}  // namespace rraebench
