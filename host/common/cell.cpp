#include "host/common/cell.hpp"

#include "datasets/sha256.hpp"
#include "host/common/json_fields.hpp"
#include "host/common/spec_document.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace rraebench {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TrainingStage, learning_rate, steps, epochs)

// One table serves both directions, here and below: `visit(name, field)` for every field.
template <typename Plan, typename Visitor>
void visit_training(Plan& plan, Visitor&& visit) {
  visit("optimiser", plan.optimiser);
  visit("batch_size", plan.batch_size);
  visit("stages", plan.stages);
  visit("fine_tuning", plan.fine_tuning);
  visit("stagnation_window", plan.stagnation_window);
  visit("stagnation_tolerance", plan.stagnation_tolerance);
  visit("scale", plan.scale);
}

/// Fields that are written only where they are not as usual.
template <typename Plan, typename Visitor>
void visit_unusual(Plan& plan, Visitor&& visit) {
  visit("precision", plan.precision, kUsualPrecision);
  visit("belief", plan.belief, kUsualBelief);
  visit("stagnation_count", plan.stagnation_count, kUsualStagnantWindows);
}

void to_json(nlohmann::json& document, const TrainingPlan& plan) {
  visit_training(plan, write_fields_to(document));
  visit_unusual(plan, [&](const char* name, const auto& field, const auto& usual) {
    if (field != usual) document[name] = field;
  });
}

void from_json(const nlohmann::json& document, TrainingPlan& plan) {
  visit_training(plan, read_fields_from(document));
  visit_unusual(plan, [&](const char* name, auto& field, const auto& usual) {
    field = usual;
    if (document.contains(name)) document.at(name).get_to(field);
  });
}

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(InterpolationPlan, kind, pairs, steps, sets)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(GenerationPlan, count, samplers)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FeaturePlan, metrics, neighbours, kid_subsets, kid_subset_size, bootstrap,
                                   statistics, statistics_sha256)

namespace {

template <typename Spec, typename Visitor>
void visit_fields(Spec& spec, Visitor&& visit) {
  visit("suite", spec.suite);
  visit("comparison", spec.comparison);
  visit("label", spec.label);
  visit("plugin", spec.plugin);
  visit("plugin_version", spec.plugin_version);
  visit("plugin_sha256", spec.plugin_sha256);
  visit("options", spec.options);
  visit("dataset", spec.dataset);
  visit("dataset_options", spec.dataset_options);
  visit("dataset_fingerprint", spec.dataset_fingerprint);
  visit("sample_counts", spec.sample_counts);
  visit("network_family", spec.network_family);
  visit("network_options", spec.network_options);
  visit("training", spec.training);
  visit("extractor", spec.extractor);
  visit("extractor_sha256", spec.extractor_sha256);
  visit("reference_split", spec.reference_split);
  visit("features", spec.features);
  visit("interpolates", spec.interpolates);
  visit("interpolation", spec.interpolation);
  visit("generates", spec.generates);
  visit("generation", spec.generation);
  visit("seed", spec.seed);
  visit("device", spec.device);
}

template <typename Record, typename Visitor>
void visit_execution(Record& execution, Visitor&& visit) {
  visit("plugin_path", execution.plugin_path);
  visit("data_dir", execution.data_dir);
  visit("suite_dir", execution.suite_dir);
  visit("cache_dir", execution.cache_dir);
  visit("checkpoint_path", execution.checkpoint_path);
  visit("threads", execution.threads);
  visit("memory_bytes", execution.memory_bytes);
  visit("checkpoint_seconds", execution.checkpoint_seconds);
  visit("keep", execution.keep);
  visit("artefact_dir", execution.artefact_dir);
}

}  // namespace

const std::vector<std::string>& feature_metric_names() {
  static const std::vector<std::string> names = {
      "fid",     "fid_infinity", "kid",     "precision",       "recall",
      "density", "coverage",     "entropy", "inception_score", "path"};
  return names;
}

bool FeaturePlan::wants(const std::string& metric) const {
  return std::find(metrics.begin(), metrics.end(), metric) != metrics.end();
}

std::int64_t scaled_steps(const TrainingStage& stage, double scale, std::int64_t batches_per_epoch) {
  const auto steps = stage.steps > 0 ? stage.steps : stage.epochs * batches_per_epoch;
  return std::max<std::int64_t>(1, std::llround(scale * static_cast<double>(steps)));
}

bool wants_neighbours(const FeaturePlan& plan) {
  return plan.wants("precision") || plan.wants("recall") || plan.wants("density") || plan.wants("coverage");
}

bool needs_real_features(const FeaturePlan& plan) {
  return plan.wants("kid") || wants_neighbours(plan);
}

nlohmann::json to_json(const RunSpec& spec) {
  nlohmann::json document = {{"protocol_version", kProtocolVersion}};
  visit_fields(spec, write_fields_to(document));
  // As with a training plan's unusual fields.
  if (spec.option_files_sha256.empty()) return document;
  document["option_files_sha256"] = spec.option_files_sha256;
  for (const auto& [option, sha256] : spec.option_files_sha256) {
    document[kOptionFilesKey][option] = spec.options.at(option);
    document["options"].erase(option);
  }
  return document;
}

nlohmann::json to_json(const Execution& execution) {
  nlohmann::json document;
  visit_execution(execution, write_fields_to(document));
  return document;
}

RunSpec run_spec_from_json(const nlohmann::json& document) {
  RunSpec spec;
  visit_fields(spec, read_fields_from(document));
  spec.option_files_sha256 = document.value("option_files_sha256", OptionValues{});
  for (const auto& [option, sha256] : spec.option_files_sha256)
    spec.options[option] = document.at(kOptionFilesKey).at(option).get<std::string>();
  return spec;
}

Execution execution_from_json(const nlohmann::json& document) {
  Execution execution;
  visit_execution(execution, read_fields_from(document));
  return execution;
}

std::string run_identity(const RunSpec& spec) {
  return sha256_hex(without_places(to_json(spec)).dump());
}

}  // namespace rraebench
