#include "host/program/plan.hpp"

#include "datasets/catalog.hpp"
#include "datasets/sha256.hpp"
#include "host/common/errors.hpp"
#include "host/common/feature_statistics.hpp"
#include "host/common/installation.hpp"
#include "host/program/worker_process.hpp"
#include "rraebench/architecture.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace rraebench {
namespace {

bool wanted(const std::vector<std::string>& filter, const std::string& name) {
  return filter.empty() || std::find(filter.begin(), filter.end(), name) != filter.end();
}

void require_known(const std::vector<std::string>& filter, const std::set<std::string>& known,
                   const std::string& what) {
  for (const auto& name : filter)
    if (known.count(name) == 0)
      throw UserError(what + " '" + name + "' is in none of these suites: " +
                      suggest_name(name, std::vector<std::string>(known.begin(), known.end())));
}

void check_filters(const std::vector<Suite>& suites, const PlanRequest& request) {
  std::set<std::string> models;
  std::set<std::string> datasets;
  for (const auto& suite : suites)
    for (const auto& comparison : suite.comparisons) {
      datasets.insert(comparison.dataset);
      for (const auto& model : comparison.models) {
        models.insert(model.plugin);
        models.insert(model.label);
      }
    }
  require_known(request.models, models, "model");
  require_known(request.datasets, datasets, "data set");
}

void check_statistics(const FeaturePlan& plan) {
  const auto statistics = read_feature_statistics(plan.statistics);
  if (needs_real_features(plan) && statistics.features.values.empty())
    throw UserError(plan.statistics +
                    ": has no array 'features', which kid, precision, recall, density and coverage need; "
                    "leave them out of the metrics");
  if (plan.wants("kid") && statistics.features.shape[0] < plan.kid_subset_size)
    throw UserError(plan.statistics + ": has features of " + std::to_string(statistics.features.shape[0]) +
                    " samples, kid draws subsets of " + std::to_string(plan.kid_subset_size) +
                    "; set features.kid_subset_size");
}

/// KID draws subsets of a fixed size: smaller sets must be the user's decision.
void check_subset_size(const RunSpec& spec) {
  if (spec.extractor.empty() || !spec.features.wants("kid")) return;
  const auto require = [&](std::int64_t count, const std::string& what) {
    if (count < spec.features.kid_subset_size)
      throw UserError("suite '" + spec.suite + "', comparison '" + spec.comparison +
                      "': kid draws subsets of " + std::to_string(spec.features.kid_subset_size) + " from " +
                      std::to_string(count) + " " + what + "; set features.kid_subset_size or have more");
  };
  if (spec.features.statistics.empty()) require(spec.sample_counts.at(spec.reference_split), "real samples");
  if (spec.generates) require(spec.generation.count, "generated samples");
  if (spec.interpolates && spec.interpolation.kind == "pairs")
    require(spec.interpolation.pairs * spec.interpolation.steps, "interpolated samples");
}

/// What all runs of a comparison share. Throws OptionError.
RunSpec comparison_spec(const Suite& suite, const SuiteComparison& comparison, const PlanRequest& request) {
  RunSpec spec;
  spec.suite = suite.name;
  spec.comparison = comparison.name;
  spec.dataset = comparison.dataset;
  spec.dataset_options =
      Options(dataset_description(comparison.dataset).options, comparison.dataset_options).values();
  spec.network_family = comparison.network_family;
  spec.network_options =
      make_architecture(comparison.network_family, comparison.network_options).options.values();
  spec.training = comparison.training;
  spec.extractor = comparison.extractor;
  if (const std::string prefix = "torchscript:"; spec.extractor.rfind(prefix, 0) == 0)
    spec.extractor_sha256 = sha256_of_file(spec.extractor.substr(prefix.size()));
  spec.reference_split = comparison.reference_split;
  spec.features = comparison.features;
  if (!spec.features.statistics.empty()) {
    check_statistics(spec.features);
    spec.features.statistics_sha256 = sha256_of_file(spec.features.statistics);
  }
  spec.interpolates = comparison.interpolation.has_value();
  if (comparison.interpolation) spec.interpolation = *comparison.interpolation;
  spec.generates = comparison.generation.has_value();
  if (comparison.generation) spec.generation = *comparison.generation;
  spec.device = request.device;
  return spec;
}

std::vector<PlannedRun> runs_of(const Suite& suite, const SuiteComparison& comparison,
                                const std::vector<PluginInfo>& plugins, const PlanRequest& request) {
  const auto shared = comparison_spec(suite, comparison, request);
  std::vector<PlannedRun> runs;
  for (const auto& model : comparison.models) {
    const auto& plugin = find_plugin(plugins, model.plugin, request.plugin_folders);
    auto spec = shared;
    spec.label = model.label;
    spec.plugin = plugin.name;
    spec.plugin_version = plugin.version;
    spec.plugin_sha256 = plugin.sha256;
    try {
      spec.options = Options(plugin.option_rules(), model.options).values();
    } catch (const OptionError& error) {
      throw OptionError("model '" + model.label + "': " + error.what());
    }
    if (!wanted(request.models, model.plugin) && !wanted(request.models, model.label)) continue;
    for (const auto seed : request.seeds.empty() ? comparison.seeds : request.seeds) {
      spec.seed = seed;
      runs.push_back({spec, "", plugin.file, suite.time_limit_minutes * 60.0});
    }
  }
  return runs;
}

/// Asks the worker for the facts of all data sets at once, which also shows that they can be read.
void fill_dataset_facts(std::vector<PlannedRun>& runs, const PlanRequest& plan) {
  using Key = std::pair<std::string, OptionValues>;
  std::map<Key, nlohmann::json> facts_of;
  nlohmann::json request = {
      {"data_dir", plan.data_dir}, {"cache_dir", plan.cache_dir}, {"datasets", nlohmann::json::array()}};
  std::vector<Key> asked;
  for (const auto& run : runs) {
    const Key key{run.spec.dataset, run.spec.dataset_options};
    if (!facts_of.emplace(key, nlohmann::json()).second) continue;
    asked.push_back(key);
    request["datasets"].push_back({{"name", key.first}, {"options", key.second}});
  }
  const auto hand_on_progress = [&](std::string_view line) {
    const auto event = nlohmann::json::parse(line);
    if (plan.progress && event.is_object()) plan.progress(progress_from_event(event));
  };
  const auto answer = ask_worker(worker_path(), {"inspect"}, request.dump(), hand_on_progress);
  if (answer.exit.exit_code != 0)
    throw UserError(last_line(answer.errors, "the data could not be inspected"));
  const auto facts = nlohmann::json::parse(last_line(answer.output, "[]"));
  for (std::size_t i = 0; i < asked.size(); ++i) facts_of[asked[i]] = facts.at(i);
  for (auto& run : runs) {
    const auto& found = facts_of[{run.spec.dataset, run.spec.dataset_options}];
    found.at("fingerprint").get_to(run.spec.dataset_fingerprint);
    found.at("sample_counts").get_to(run.spec.sample_counts);
    check_subset_size(run.spec);
  }
}

}  // namespace

std::vector<PlannedRun> plan_runs(const std::vector<Suite>& suites, const std::vector<PluginInfo>& plugins,
                                  const PlanRequest& request) {
  check_filters(suites, request);
  std::vector<PlannedRun> runs;
  for (const auto& suite : suites)
    for (const auto& comparison : suite.comparisons) {
      if (!wanted(request.datasets, comparison.dataset)) continue;
      try {
        auto planned = runs_of(suite, comparison, plugins, request);
        runs.insert(runs.end(), planned.begin(), planned.end());
      } catch (const std::exception& error) {
        throw UserError("suite '" + suite.name + "', comparison '" + comparison.name + "': " + error.what());
      }
    }
  if (runs.empty())
    throw UserError("nothing to run: no comparison has both a wanted model and a wanted data set");
  fill_dataset_facts(runs, request);
  for (auto& run : runs) run.identity = run_identity(run.spec);
  return runs;
}

std::vector<std::int64_t> parse_seeds(const std::string& text) {
  const auto fail = [&] {
    throw UserError("--seeds '" + text + "': give numbers and ranges, such as 0,3 or 0:5 (0 to 4)");
  };
  const auto number = [&](const std::string& part) {
    std::int64_t value = 0;
    if (!detail::parse_integer(part, value) || value < 0) fail();
    return value;
  };
  std::vector<std::int64_t> seeds;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) {
    const auto colon = part.find(':');
    const auto first = number(part.substr(0, colon));
    const auto last = colon == std::string::npos ? first : number(part.substr(colon + 1)) - 1;
    if (last < first || last - first > 9999) fail();
    for (auto seed = first; seed <= last; ++seed) seeds.push_back(seed);
  }
  if (seeds.empty()) fail();
  return seeds;
}

}  // namespace rraebench
