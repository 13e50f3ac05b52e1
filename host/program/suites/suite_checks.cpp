#include "host/program/suites/suite_checks.hpp"

#include "host/common/artefact_kinds.hpp"
#include "host/common/extractor_name.hpp"
#include "host/common/precision.hpp"
#include "host/program/suites/limits.hpp"
#include "rraebench/suggest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

namespace rraebench {
namespace {

bool has_interval(const FeaturePlan& plan) {
  return plan.wants("fid") || plan.wants("entropy") || wants_neighbours(plan);
}

auto place_of(const PublishedRecord& record) {
  return std::tie(record.label, record.protocol, record.name, record.variant, record.split);
}

}  // namespace

std::string precision_fault(const std::string& precision) {
  const auto known = known_precisions();
  if (std::find(known.begin(), known.end(), precision) != known.end()) return {};
  return fmt::format("is '{}' but must be one of {}", precision, fmt::join(known, ", "));
}

std::string kind_fault(const std::string& kind) {
  const auto& known = artefact_kinds();
  if (std::find(known.begin(), known.end(), kind) != known.end()) return {};
  return fmt::format("no '{}' can be kept: {}", kind, suggest_name(kind, known));
}

std::vector<std::string> possible_kinds(std::vector<std::string> kinds, const SuiteComparison& comparison) {
  if (!comparison.generation) kinds.erase(std::remove(kinds.begin(), kinds.end(), kSamples), kinds.end());
  return kinds;
}

void check_interpolation_keys(const TomlReader& table, const InterpolationPlan& plan) {
  if (plan.kind == "grid") {
    for (const char* key : {"pairs", "steps", "sets"})
      if (table.has(key))
        table.fail(key,
                   "means nothing beside kind = \"grid\", which predicts every test sample; leave it out");
    return;
  }
  const auto samples = plan.pairs * (plan.steps + 2);
  if (samples > kMostSamples || samples * plan.sets > kMostSamples)
    table.fail("pairs", std::to_string(plan.pairs) + " pairs of " + std::to_string(plan.steps) +
                            " steps and their ends, " + std::to_string(plan.sets) + " times, are more than " +
                            std::to_string(kMostSamples) + " samples; ask for fewer");
}

void check_feature_keys(const TomlReader& table, const FeaturePlan& plan) {
  const auto unused = [&](const char* key, const std::string& metrics) {
    if (table.has(key))
      table.fail(key, "is for " + metrics + " alone, which the metrics do not name; leave it out");
  };
  if (!wants_neighbours(plan)) unused("neighbours", "precision, recall, density and coverage");
  if (!plan.wants("kid")) {
    unused("kid_subsets", "kid");
    unused("kid_subset_size", "kid");
  }
  if (!has_interval(plan) && plan.bootstrap > 0)
    unused("bootstrap", "fid, entropy, precision, recall, density and coverage");
}

void check_comparison_keys(const TomlReader& table, const SuiteComparison& comparison) {
  const bool has_pairs = comparison.interpolation && comparison.interpolation->kind == "pairs";
  if (comparison.interpolation && comparison.interpolation->sets > 1 && comparison.features.bootstrap > 0)
    table.fail("interpolate",
               "draws several sets and features asks for bootstrap intervals, which are those "
               "of one set; leave out sets or bootstrap");
  // What stands in the defaults is for other comparisons, too: only a key of its own contradicts.
  if (table.has_own("features") && !has_pairs && !comparison.generation)
    table.fail(
        "features",
        "has no samples to measure: neither generate nor interpolate with kind = \"pairs\" stands beside "
        "it; add one or leave it out");
  if (!table.has_own("reference_split")) return;
  if (comparison.extractor.empty())
    table.fail("reference_split", std::string("needs an extractor; known: ") + kKnownExtractors);
  if (!comparison.features.statistics.empty())
    table.fail(
        "reference_split",
        "contradicts features.statistics, whose samples are those of that file; leave one of them out");
}

void require_new_figure(const TomlReader& entry, const PublishedRecord& record,
                        const std::vector<PublishedRecord>& before) {
  const bool known = std::any_of(before.begin(), before.end(), [&](const PublishedRecord& other) {
    return place_of(other) == place_of(record);
  });
  if (known)
    entry.fail("name", "'" + record.name + "' of '" + record.label +
                           "' stands twice with this protocol, variant and split; leave one out");
}

}  // namespace rraebench
