#include "host/program/suite.hpp"

#include "datasets/catalog.hpp"
#include "host/common/errors.hpp"
#include "host/common/installation.hpp"
#include "host/common/text_file.hpp"
#include "host/program/published_check.hpp"
#include "host/program/toml_reader.hpp"
#include "rraebench/options.hpp"
#include "rraebench/suggest.hpp"

#include <algorithm>
#include <set>

namespace rraebench {
namespace {

std::vector<TrainingStage> read_stages(const TomlReader& training, const std::string& key) {
  std::vector<TrainingStage> stages;
  for (const auto& entry : training.tables(key, {"learning_rate", "steps", "epochs"})) {
    TrainingStage stage;
    stage.learning_rate = entry.real("learning_rate", 0.0);
    stage.steps = entry.integer("steps", 0, 1);
    stage.epochs = entry.integer("epochs", 0, 1);
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
  plan.batch_size = training.integer("batch_size", plan.batch_size, 1);
  plan.stages = read_stages(training, "stages");
  if (training.has("fine_tuning")) plan.fine_tuning = read_stages(training, "fine_tuning");
  plan.stagnation_window = training.integer("stagnation_window", 0, 0);
  plan.stagnation_tolerance = training.real("stagnation_tolerance", 0.0, 0.0);
  return plan;
}

InterpolationPlan read_interpolation(const TomlReader& table) {
  InterpolationPlan plan;
  plan.kind = table.text("kind");
  if (plan.kind != "grid" && plan.kind != "pairs")
    table.fail("kind", "is '" + plan.kind + "' but must be grid or pairs");
  plan.pairs = table.integer("pairs", plan.pairs, 1);
  plan.steps = table.integer("steps", plan.steps, 1);
  plan.sets = table.integer("sets", plan.sets, 1);
  return plan;
}

bool is_count(const std::string& text) {
  return !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos &&
         text.front() != '0';
}

GenerationPlan read_generation(const TomlReader& table) {
  GenerationPlan plan;
  plan.count = table.integer("count", plan.count, 2);
  plan.samplers = table.texts("samplers");
  for (const auto& sampler : plan.samplers)
    if (sampler != "prior" && sampler != "gaussian" &&
        !(sampler.rfind("mixture:", 0) == 0 && is_count(sampler.substr(8))))
      table.fail("samplers",
                 "no sampler '" + sampler + "'; known: prior, gaussian, mixture:K with K components");
  return plan;
}

std::string read_extractor(const TomlReader& comparison) {
  if (!comparison.has("extractor")) return "";
  auto name = comparison.text("extractor");
  const bool known = name == "classifier" || (name.rfind("pca:", 0) == 0 && is_count(name.substr(4))) ||
                     (name.rfind("torchscript:", 0) == 0 && name.size() > 12);
  if (!known)
    comparison.fail("extractor", "no extractor '" + name + "'; known: classifier, pca:K, torchscript:FILE");
  return name;
}

FeaturePlan read_features(const TomlReader& table, const std::string& extractor) {
  FeaturePlan plan;
  plan.statistics = table.text("statistics", "");
  if (!plan.statistics.empty()) plan.metrics = {"fid", "entropy", "path"};  // What mu and sigma suffice for.
  if (table.has("metrics")) {
    plan.metrics = table.texts("metrics");
    const auto& known = feature_metric_names();
    for (const auto& metric : plan.metrics) {
      if (std::find(known.begin(), known.end(), metric) == known.end())
        table.fail("metrics", "no metric '" + metric + "': " + suggest_name(metric, known));
      if ((metric == "entropy" || metric == "inception_score") && extractor != "classifier")
        table.fail("metrics",
                   "'" + metric + "' needs class probabilities, which extractor 'classifier' alone has");
    }
  }
  plan.neighbours = table.integer("neighbours", plan.neighbours, 1);
  plan.kid_subsets = table.integer("kid_subsets", plan.kid_subsets, 1);
  plan.kid_subset_size = table.integer("kid_subset_size", plan.kid_subset_size, 2);
  constexpr std::int64_t kMostKept = 10000;  // Of whose features kid draws (kKeptFeatures of the worker).
  if (plan.kid_subset_size > kMostKept)
    table.fail("kid_subset_size", "is " + std::to_string(plan.kid_subset_size) + " but must be at most " +
                                      std::to_string(kMostKept));
  plan.bootstrap = table.integer("bootstrap", plan.bootstrap, 0);
  if (plan.bootstrap == 1) table.fail("bootstrap", "is 1 but must be 0 (none) or at least 2 replicates");
  return plan;
}

std::vector<PublishedRecord> read_published(const TomlReader& table, const SuiteComparison& comparison) {
  std::vector<PublishedRecord> records;
  if (!table.has("published")) return records;
  for (const auto& entry : table.tables(
           "published", {"label", "protocol", "name", "variant", "split", "value", "deviation", "source"})) {
    PublishedRecord record{
        comparison.name,           entry.text("label"),     entry.text("protocol"),      entry.text("name"),
        entry.text("variant", ""), entry.text("split", ""), entry.real("value", -1e300), std::nullopt,
        entry.text("source")};
    if (entry.has("deviation")) record.deviation = entry.real("deviation", 0.0);
    if (const auto mismatch = find_mismatch(record, comparison)) entry.fail(mismatch->key, mismatch->what);
    records.push_back(std::move(record));
  }
  return records;
}

/// One model, or one for each value of the option that it sweeps.
std::vector<SuiteModel> read_models(const TomlReader& entry) {
  SuiteModel model;
  model.plugin = entry.text("plugin");
  model.label = entry.text("label", model.plugin);
  model.options = entry.options("options");
  if (!entry.has("sweep")) return {model};
  const auto sweep = entry.table("sweep", {"option", "values"});
  const auto option = sweep.text("option");
  if (model.options.count(option) > 0) sweep.fail("option", "'" + option + "' stands among the options, too");
  std::vector<SuiteModel> models;
  for (const auto& value : sweep.scalars("values")) {
    auto swept = model;
    swept.label += " " + option + "=" + value;
    swept.options[option] = value;
    models.push_back(std::move(swept));
  }
  return models;
}

SuiteComparison read_comparison(const TomlReader& table, const std::vector<std::int64_t>& suite_seeds) {
  SuiteComparison comparison;
  comparison.name = table.text("name");
  const auto dataset = table.open_table("dataset");
  try {
    auto choice = choose_dataset(dataset.text("name"), dataset.options_except({"name"}));
    comparison.dataset = std::move(choice.name);
    comparison.dataset_options = std::move(choice.options);
  } catch (const OptionError& error) {
    dataset.fail("name", error.what());
  }
  const auto network = table.open_table("network");
  comparison.network_family = network.text("family");
  comparison.network_options = network.options_except({"family"});
  comparison.training =
      read_training(table.table("training", {"optimiser", "batch_size", "stages", "fine_tuning",
                                             "stagnation_window", "stagnation_tolerance"}));
  comparison.extractor = read_extractor(table);
  comparison.reference_split = table.text("reference_split", "test");
  if (comparison.reference_split != "test" && comparison.reference_split != "train")
    table.fail("reference_split", "is '" + comparison.reference_split + "' but must be test or train");
  if (table.has("features")) {
    if (comparison.extractor.empty())
      table.fail("features", "needs an extractor; known: classifier, pca:K, torchscript:FILE");
    comparison.features = read_features(
        table.table("features",
                    {"metrics", "neighbours", "kid_subsets", "kid_subset_size", "bootstrap", "statistics"}),
        comparison.extractor);
  }
  if (table.has("interpolate"))
    comparison.interpolation =
        read_interpolation(table.table("interpolate", {"kind", "pairs", "steps", "sets"}));
  if (comparison.interpolation && comparison.interpolation->sets > 1 && comparison.features.bootstrap > 0)
    table.fail("interpolate",
               "draws several sets and features asks for bootstrap intervals, which are those "
               "of one set; leave out sets or bootstrap");
  if (table.has("generate"))
    comparison.generation = read_generation(table.table("generate", {"count", "samplers"}));
  std::set<std::string> labels;
  for (const auto& entry : table.tables("models", {"plugin", "label", "options", "sweep"}))
    for (auto& model : read_models(entry)) {
      if (!labels.insert(model.label).second)
        entry.fail("label", "'" + model.label + "' stands twice in comparison '" + comparison.name + "'");
      comparison.models.push_back(std::move(model));
    }
  comparison.published = read_published(table, comparison);
  comparison.seeds = table.has("seeds") ? table.integers("seeds") : suite_seeds;
  return comparison;
}

std::filesystem::path find_suite(const std::string& name_or_path) {
  std::filesystem::path path(name_or_path);
  if (path.extension() == ".toml") {
    if (!std::filesystem::is_regular_file(path)) throw UserError(name_or_path + ": no such suite file");
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

Suite load_suite(const std::string& name_or_path) {
  const auto path = find_suite(name_or_path);
  toml::table document;
  try {
    document = toml::parse(read_text_file(path), path.string());
  } catch (const toml::parse_error& error) {
    throw UserError(path.string() + ":" + std::to_string(error.source().begin.line) + ": " +
                    std::string(error.description()));
  }
  const TomlReader top(path.string(), "", document,
                       {"description", "seeds", "time_limit_minutes", "defaults", "comparison"});
  const std::vector<std::string> shared_keys = {"dataset",         "network",  "training",    "extractor",
                                                "reference_split", "features", "interpolate", "generate"};
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
  const auto seeds = top.integers("seeds");
  suite.time_limit_minutes = top.real("time_limit_minutes", 0.0, 0.0);
  std::set<std::string> names;
  for (const auto& entry : top.tables("comparison", keys)) {
    suite.comparisons.push_back(read_comparison(entry.with_defaults(defaults), seeds));
    if (!names.insert(suite.comparisons.back().name).second)
      entry.fail("name", "'" + suite.comparisons.back().name + "' stands twice");
  }
  return suite;
}

Suite with_budget(Suite suite, double share) {
  const auto text = detail::number_text(share);
  if (!(share > 0.0 && share <= 1.0))
    throw UserError("--scale is " + text + " but must be above 0 and at most 1");
  if (share == 1.0) return suite;
  suite.name += "@" + text;
  for (auto& comparison : suite.comparisons) comparison.training.scale = share;
  return suite;
}

std::vector<std::filesystem::path> known_suites() {
  std::vector<std::filesystem::path> suites;
  for (const auto& folder : suite_folders()) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
      if (entry.path().extension() == ".toml") suites.push_back(entry.path());
  }
  std::sort(suites.begin(), suites.end(), [](const auto& a, const auto& b) { return a.stem() < b.stem(); });
  return suites;
}

}  // namespace rraebench
