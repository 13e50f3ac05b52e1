#include "host/program/planning/plan.hpp"

#include "datasets/catalog.hpp"
#include "datasets/sha256.hpp"
#include "host/common/errors.hpp"
#include "host/common/extractor_name.hpp"
#include "host/common/installation.hpp"
#include "host/common/option_files.hpp"
#include "host/common/precision.hpp"
#include "host/common/suite_paths.hpp"
#include "host/program/planning/dataset_facts.hpp"
#include "host/program/planning/feasibility.hpp"
#include "host/program/planning/path_notes.hpp"
#include "host/program/planning/resources.hpp"
#include "host/program/suites/limits.hpp"
#include "host/program/utf8_names.hpp"
#include "rraebench/architecture.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace rraebench {
namespace {

/// Calls `make`; what it finds wrong begins with its place in the suite.
template <typename Make>
auto at_place(const std::string& place, const Make& make) {
  try {
    return make();
  } catch (const std::exception& error) {
    throw UserError(place + error.what());
  }
}

/// A seed of a choice that is not made. A sweep of train_count may well end in 0, all of them.
void require_train_count(const SuiteComparison& comparison) {
  const auto seed = comparison.dataset_options.find("train_seed");
  if (seed == comparison.dataset_options.end() || seed->second == "0" ||
      comparison.dataset_options.count("train_count") > 0)
    return;
  throw UserError(
      comparison.places.of("dataset.train_seed") + "is " + seed->second +
      " but without train_count all training samples are taken and none is chosen; give train_count "
      "or leave train_seed out");
}

/// The name of what is wrong among the options `given`; empty where it is one that is missing.
std::string faulty_option(const std::vector<OptionRule>& rules, const OptionValues& given) {
  const auto rule_of = [&](const std::string& name) {
    return std::find_if(rules.begin(), rules.end(),
                        [&](const OptionRule& rule) { return name == rule.name; });
  };
  for (const auto& [name, value] : given)
    if (rule_of(name) == rules.end()) return name;
  for (const auto& rule : rules) {
    const auto found = given.find(rule.name);
    if (found == given.end()) continue;
    try {
      canonical_option(rule, found->second);
    } catch (const OptionError&) {
      return rule.name;
    }
  }
  return "";
}

/// The options, complete. What is wrong with one of them begins with the place of `prefix` and its name, what
/// is missing with that of `whole`.
OptionValues complete_options(const std::vector<OptionRule>& rules, const OptionValues& given,
                              const Places& places, const std::string& whole, const std::string& prefix) {
  try {
    return Options(rules, given).values();
  } catch (const OptionError& error) {
    const auto key = prefix + faulty_option(rules, given);
    throw UserError(places.of(places.has(key) ? key : whole) + error.what());
  }
}

std::string folder_of(const Suite& suite) {
  return std::filesystem::path(suite.file).parent_path().string();
}

/// Of a path that found_path() gave.
void require_found(const std::string& path, const std::string& folder) {
  std::error_code ignored;
  if (path.empty() || std::filesystem::path(path).is_absolute() || std::filesystem::exists(path, ignored))
    return;
  throw UserError(path + ": no such file beside the suite (" + folder + ") or in the current folder (" +
                  std::filesystem::current_path(ignored).string() + ")");
}

/// What all runs of a comparison share. Throws UserError.
RunSpec comparison_spec(const Suite& suite, const SuiteComparison& comparison, const PlanRequest& request) {
  RunSpec spec;
  spec.suite = suite.name;
  spec.comparison = comparison.name;
  spec.dataset = comparison.dataset;
  const auto& places = comparison.places;
  spec.dataset_options = complete_options(dataset_description(comparison.dataset).options,
                                          comparison.dataset_options, places, "dataset", "dataset.");
  require_train_count(comparison);
  spec.network_family = comparison.network_family;
  const auto* family = at_place(places.of(places.has("network.family") ? "network.family" : "network"),
                                [&] { return &network_family(comparison.network_family); });
  spec.network_options =
      complete_options(family->options, comparison.network_options, places, "network", "network.");
  spec.training = comparison.training;
  // What no processor has, another machine's has neither.
  if (!request.elsewhere || spec.training.precision == kTf32)
    require_precision(spec.training.precision, request.device, places.of("precision"));
  spec.extractor = comparison.extractor;
  const auto folder = folder_of(suite);
  spec.extractor_sha256 = at_place(places.of("extractor"), [&] {
    const auto found = with_found_file(spec.extractor, folder);
    if (const auto extractor = find_extractor(found)) require_found(extractor->file, folder);
    return extractor_sha256(found);
  });
  spec.reference_split = comparison.reference_split;
  spec.features = comparison.features;
  if (!spec.features.statistics.empty()) {
    spec.features.statistics_sha256 = at_place(places.of("statistics"), [&] {
      auto features = spec.features;
      features.statistics = found_path(features.statistics, folder);
      require_found(features.statistics, folder);
      auto sha256 = sha256_of_file(features.statistics);
      check_statistics(features);
      return sha256;
    });
  }
  spec.interpolates = comparison.interpolation.has_value();
  if (comparison.interpolation) spec.interpolation = *comparison.interpolation;
  spec.generates = comparison.generation.has_value();
  if (comparison.generation) spec.generation = *comparison.generation;
  spec.device = request.device;
  return spec;
}

/// A model of a comparison, whose runs differ in their seeds alone.
struct PlannedModel {
  RunSpec spec;
  const SuiteComparison* comparison;
  const SuiteModel* model;
  const PluginInfo* plugin;
  double time_limit_seconds;
  std::vector<std::string> notes;
  std::vector<std::int64_t> sample_shape;
  std::string suite_folder;
};

/// The same plugin with the same options under two labels would train everything twice.
void require_distinct_models(const std::vector<PlannedModel>& models) {
  std::map<std::pair<std::string, OptionValues>, const SuiteModel*> seen;
  for (const auto& planned : models) {
    auto options = planned.spec.options;
    for (const auto& [option, sha256] : planned.spec.option_files_sha256) options[option] = sha256;
    const auto [first, is_new] = seen.emplace(std::pair(planned.spec.plugin, options), planned.model);
    if (!is_new)
      throw UserError(planned.model->places.of("") + "'" + planned.model->label +
                      "' is the same model with the same options as '" + first->second->label +
                      "'; leave one of them out");
  }
}

/// Finds the files that options name, from the suite's folder on.
void find_option_files(RunSpec& spec, const Suite& suite, const SuiteModel& model,
                       const std::vector<OptionRule>& rules) {
  const auto folder = folder_of(suite);
  for (const auto& rule : rules) {
    auto& value = spec.options.at(rule.name);
    if (rule.type != OptionType::kFile || value.empty()) continue;
    const auto file = at_place(model.places.of(rule.name), [&] {
      auto found = find_option_file(rule.name, value, folder);
      require_utf8("option '" + std::string(rule.name) + "'", found.path);
      return found;
    });
    value = file.path;
    spec.option_files_sha256[rule.name] = file.sha256;
  }
}

std::vector<PlannedModel> models_of(const Suite& suite, const SuiteComparison& comparison,
                                    const std::vector<PluginInfo>& plugins, const PlanRequest& request) {
  const auto shared = comparison_spec(suite, comparison, request);
  std::vector<PlannedModel> models;
  for (const auto& model : comparison.models) {
    const auto* plugin = at_place(
        model.places.of(""), [&] { return &find_plugin(plugins, model.plugin, request.plugin_folders); });
    auto spec = shared;
    spec.label = model.label;
    spec.plugin = plugin->name;
    spec.plugin_version = plugin->version;
    spec.plugin_sha256 = plugin->sha256;
    const auto rules = plugin->option_rules();
    spec.options = complete_options(rules, model.options, model.places, "", "");
    find_option_files(spec, suite, model, rules);
    models.push_back({std::move(spec),
                      &comparison,
                      &model,
                      plugin,
                      suite.time_limit_minutes * 60.0,
                      {},
                      {},
                      folder_of(suite)});
  }
  require_distinct_models(models);
  models.erase(std::remove_if(models.begin(), models.end(),
                              [&](const PlannedModel& planned) {
                                return !is_wanted(
                                    request.filters.models,
                                    {planned.model->plugin, planned.model->label, planned.model->own_label});
                              }),
               models.end());
  return models;
}

/// What is made and measured by nothing; empty where that is not so.
std::string note_of_missing_extractor(const RunSpec& spec, const DatasetFacts& facts) {
  const bool has_pairs = spec.interpolates && spec.interpolation.kind == "pairs";
  if (!spec.extractor.empty() || (!spec.generates && !has_pairs)) return "";
  const bool can_classify = facts.has_labels && facts.sample_shape.size() == 3;
  return "comparison '" + spec.comparison + "' " +
         (!has_pairs        ? "generates"
          : !spec.generates ? "interpolates between pairs"
                            : "generates and interpolates between pairs") +
         ", but has no extractor: no FID nor any other figure comes of that; add extractor = " +
         (can_classify ? "\"classifier\"" : "\"pca:10\"");
}

/// Asks the worker for the facts of all data sets at once, which also shows that they can be read, and holds
/// every model against them.
void fill_dataset_facts(std::vector<PlannedModel>& models, const PlanRequest& request) {
  std::vector<DatasetQuestion> questions;
  for (const auto& planned : models)
    questions.push_back({planned.spec.dataset, planned.spec.dataset_options, planned.spec.network_family,
                         planned.suite_folder});
  const auto data = inspect_data(questions, request.data_dir, request.cache_dir, request.progress);
  if (request.device == "cuda" && !data.has_cuda && !request.elsewhere)
    throw UserError("--device is cuda but this LibTorch finds no GPU; use --device cpu");
  for (auto& [spec, comparison, model, plugin, limit, notes, sample_shape, folder] : models) {
    const auto& facts = data.of(spec, folder);
    spec.dataset_fingerprint = facts.fingerprint;
    spec.sample_counts = facts.sample_counts;
    notes = notes_of_paths(spec, folder, request.data_dir);
    notes.insert(notes.end(), facts.notes.begin(), facts.notes.end());
    if (auto note = note_of_missing_extractor(spec, facts); !note.empty()) notes.push_back(std::move(note));
    sample_shape = facts.sample_shape;
    check_comparison(spec, facts, *comparison);
    check_bounds(spec, facts, plugin->option_rules(), *model);
  }
}

}  // namespace

std::vector<PlannedRun> plan_runs(const std::vector<Suite>& suites, const std::vector<PluginInfo>& plugins,
                                  const PlanRequest& request) {
  check_filters(suites, request.filters);
  std::vector<PlannedModel> models;
  for (const auto& suite : suites)
    for (const auto& comparison : suite.comparisons) {
      if (!is_wanted(request.filters.datasets, {comparison.dataset}) ||
          !is_wanted(request.filters.comparisons, {comparison.name, comparison.own_name}))
        continue;
      auto planned = models_of(suite, comparison, plugins, request);
      models.insert(models.end(), planned.begin(), planned.end());
    }
  if (models.empty())
    throw UserError("nothing to run: no wanted comparison has both a wanted model and a wanted data set");
  fill_dataset_facts(models, request);
  std::vector<PlannedRun> runs;
  for (auto& planned : models)
    for (const auto seed : request.seeds.empty() ? planned.comparison->seeds : request.seeds) {
      planned.spec.seed = seed;
      if (static_cast<std::int64_t>(runs.size()) == kMostRuns)
        throw UserError("more than " + std::to_string(kMostRuns) + " runs; ask for fewer seeds or models");
      runs.push_back({planned.spec, run_identity(planned.spec), planned.plugin->file,
                      planned.time_limit_seconds, planned.notes, planned.comparison->keep, std::nullopt,
                      planned.sample_shape, planned.suite_folder});
    }
  return runs;
}

}  // namespace rraebench
