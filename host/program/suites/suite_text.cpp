#include "host/program/suites/suite_text.hpp"

#include "host/program/suites/measurements.hpp"
#include "host/program/suites/suite.hpp"
#include "rraebench/options.hpp"

#include <toml++/toml.h>

#include <sstream>

namespace rraebench {
namespace {

toml::table table_of(const OptionValues& options) {
  toml::table table;
  for (const auto& [name, value] : options) table.insert(name, value);
  return table;
}

/// Whether the precision was asked for by --precision, which the suite's name tells.
bool names_precision(const RunSpec& spec) {
  return spec.suite.find("@" + spec.training.precision) != std::string::npos;
}

toml::array stages_of(const std::vector<TrainingStage>& stages) {
  toml::array array;
  for (const auto& stage : stages) {
    toml::table entry;
    entry.insert("learning_rate", stage.learning_rate);
    if (stage.steps > 0)
      entry.insert("steps", stage.steps);
    else
      entry.insert("epochs", stage.epochs);
    array.push_back(std::move(entry));
  }
  return array;
}

toml::array texts_of(const std::vector<std::string>& texts) {
  toml::array array;
  for (const auto& text : texts) array.push_back(text);
  return array;
}

toml::table training_of(const RunSpec& spec) {
  const auto& plan = spec.training;
  toml::table table;
  table.insert("optimiser", plan.optimiser);
  if (plan.belief != kUsualBelief) table.insert("belief", plan.belief);
  if (plan.precision != kUsualPrecision && !names_precision(spec)) table.insert("precision", plan.precision);
  table.insert("batch_size", plan.batch_size);
  table.insert("stages", stages_of(plan.stages));
  if (!plan.fine_tuning.empty()) table.insert("fine_tuning", stages_of(plan.fine_tuning));
  if (plan.stagnation_window > 0) {
    table.insert("stagnation_window", plan.stagnation_window);
    table.insert("stagnation_tolerance", plan.stagnation_tolerance);
    if (plan.stagnation_count != kUsualStagnantWindows)
      table.insert("stagnation_count", plan.stagnation_count);
  }
  return table;
}

toml::table features_of(const FeaturePlan& plan) {
  toml::table table;
  if (!plan.statistics.empty()) table.insert("statistics", plan.statistics);
  const FeaturePlan usual;  // What is not asked for may be left out by data that it does not fit.
  if (plan.metrics != usual_metrics(plan)) table.insert("metrics", texts_of(plan.metrics));
  if (wants_neighbours(plan) && plan.neighbours != usual.neighbours)
    table.insert("neighbours", plan.neighbours);
  if (plan.wants("kid")) {
    table.insert("kid_subsets", plan.kid_subsets);
    table.insert("kid_subset_size", plan.kid_subset_size);
  }
  if (plan.bootstrap > 0) table.insert("bootstrap", plan.bootstrap);
  return table;
}

toml::table interpolation_of(const InterpolationPlan& plan) {
  toml::table table;
  table.insert("kind", plan.kind);
  if (plan.kind == "pairs") {
    table.insert("pairs", plan.pairs);
    table.insert("steps", plan.steps);
    table.insert("sets", plan.sets);
  }
  return table;
}

toml::table comparison_of(const RunSpec& spec) {
  toml::table comparison;
  comparison.insert("name", spec.comparison);
  auto dataset = table_of(spec.dataset_options);
  dataset.insert("name", spec.dataset);
  comparison.insert("dataset", std::move(dataset));
  auto network = table_of(spec.network_options);
  network.insert("family", spec.network_family);
  comparison.insert("network", std::move(network));
  comparison.insert("training", training_of(spec));
  if (!spec.extractor.empty()) {
    comparison.insert("extractor", spec.extractor);
    if (spec.features.statistics.empty()) comparison.insert("reference_split", spec.reference_split);
    const bool has_pairs = spec.interpolates && spec.interpolation.kind == "pairs";
    if (has_pairs || spec.generates) comparison.insert("features", features_of(spec.features));
  }
  if (spec.interpolates) comparison.insert("interpolate", interpolation_of(spec.interpolation));
  if (spec.generates) {
    toml::table generation;
    generation.insert("count", spec.generation.count);
    generation.insert("samplers", texts_of(spec.generation.samplers));
    comparison.insert("generate", std::move(generation));
  }
  toml::table model;
  model.insert("plugin", spec.plugin);
  model.insert("label", spec.label);
  if (!spec.options.empty()) model.insert("options", table_of(spec.options));
  toml::array models;
  models.push_back(std::move(model));
  comparison.insert("models", std::move(models));
  return comparison;
}

}  // namespace

std::vector<std::string> options_beside(const RunSpec& spec) {
  std::vector<std::string> options;
  if (spec.training.scale != 1.0) options.push_back("--scale " + detail::number_text(spec.training.scale));
  if (names_precision(spec)) options.push_back("--precision " + spec.training.precision);
  return options;
}

std::string suite_text(const RunSpec& spec) {
  toml::table suite;
  toml::array seeds;
  seeds.push_back(spec.seed);
  suite.insert("seeds", std::move(seeds));
  toml::array comparisons;
  comparisons.push_back(comparison_of(spec));
  suite.insert("comparison", std::move(comparisons));
  std::ostringstream text;
  text << suite << "\n";
  return text.str();
}

}  // namespace rraebench
