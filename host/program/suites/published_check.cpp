#include "host/program/suites/published_check.hpp"

#include "metrics/catalog.hpp"
#include "reports/analysis/sweeps.hpp"
#include "rraebench/suggest.hpp"

#include <algorithm>

namespace rraebench {
namespace {

using Names = std::vector<std::string>;

bool holds(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string quoted(const std::string& name) {
  return "'" + name + "'";
}

std::optional<PublishedMismatch> must_be_one_of(const std::string& key, const std::string& value,
                                                const Names& allowed) {
  if (holds(allowed, value)) return std::nullopt;
  std::string list;
  for (const auto& name : allowed) list += (list.empty() ? "" : " or ") + (name.empty() ? "left out" : name);
  return PublishedMismatch{key, "is " + quoted(value) + " but must be " + list};
}

/// Variants that the protocol reports of this metric; nothing where they are not known beforehand.
std::optional<Names> variants_of(const PublishedRecord& record, const SuiteComparison& comparison) {
  if (record.protocol == "reconstruct" || record.protocol == "train") return Names{""};
  if (record.protocol == "interpolate") return Names{record.name == "relative_error" ? "grid" : "pairs"};
  if (record.protocol == "generate") return comparison.generation->samplers;
  return std::nullopt;  // Collapse and rank name their tolerances.
}

Names splits_of(const PublishedRecord& record, const SuiteComparison& comparison) {
  if (record.protocol == "train") return {""};
  if (record.protocol == "reconstruct") return {"train", "test"};
  const bool of_features =
      record.protocol == "generate" || (record.protocol == "interpolate" && record.name != "relative_error");
  if (of_features) return {comparison.features.statistics.empty() ? comparison.reference_split : ""};
  return {"test"};
}

}  // namespace

std::string label_in(const SuiteComparison& comparison, const std::string& label) {
  for (const auto& model : comparison.models)
    if (same_name(model.label, label)) return model.label;
  return label;
}

std::optional<PublishedMismatch> find_mismatch(const PublishedRecord& record,
                                               const SuiteComparison& comparison) {
  Names labels;
  for (const auto& model : comparison.models) labels.push_back(model.label);
  if (!holds(labels, record.label))
    return PublishedMismatch{"label", "no model of comparison " + quoted(comparison.name) +
                                          " has the label " + quoted(record.label) + ": " +
                                          suggest_name(record.label, labels)};
  Names metrics;
  for (const auto& metric : metric_catalog()) metrics.emplace_back(metric.name);
  if (!holds(metrics, record.name))
    return PublishedMismatch{"name",
                             "no metric " + quoted(record.name) + ": " + suggest_name(record.name, metrics)};
  if (auto mismatch = must_be_one_of("protocol", record.protocol, metric_description(record.name).protocols))
    return mismatch;
  const bool lacks_protocol = (record.protocol == "interpolate" && !comparison.interpolation) ||
                              (record.protocol == "generate" && !comparison.generation);
  if (lacks_protocol)
    return PublishedMismatch{"protocol", "is " + quoted(record.protocol) + ", which comparison " +
                                             quoted(comparison.name) + " does not ask for"};
  if (const auto variants = variants_of(record, comparison))
    if (auto mismatch = must_be_one_of("variant", record.variant, *variants)) return mismatch;
  if (record.protocol == "interpolate" && record.variant != comparison.interpolation->kind)
    return PublishedMismatch{"name", "is " + quoted(record.name) + ", which interpolation of kind " +
                                         quoted(comparison.interpolation->kind) + " does not measure"};
  return must_be_one_of("split", record.split, splits_of(record, comparison));
}

}  // namespace rraebench
