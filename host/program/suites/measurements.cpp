#include "host/program/suites/measurements.hpp"

#include "host/common/extractor_name.hpp"
#include "host/common/feature_samples.hpp"
#include "host/common/sampler.hpp"
#include "host/program/suites/limits.hpp"
#include "host/program/suites/suite_checks.hpp"
#include "rraebench/suggest.hpp"

#include <algorithm>

namespace rraebench {
namespace {

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

}  // namespace

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

}  // namespace rraebench
