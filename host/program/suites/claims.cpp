#include "host/program/suites/claims.hpp"

#include "host/program/suites/published_check.hpp"
#include "metrics/catalog.hpp"
#include "reports/analysis/sweeps.hpp"
#include "rraebench/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace rraebench {
namespace {

constexpr std::array<const char*, 4> kKinds = {"better", "at_most", "at_least", "within"};
constexpr double kLargest = 1e300;

std::string kind_of(const TomlReader& entry) {
  std::string kind;
  for (const char* known : kKinds) {
    if (!entry.has(known)) continue;
    if (!kind.empty()) entry.fail(known, "stands beside '" + kind + "'; a claim has one of them");
    kind = known;
  }
  if (kind.empty())
    entry.fail("text",
               "says nothing of figures: add better = LABEL and than = LABEL, or label = LABEL and one of "
               "at_most, at_least and within");
  return kind;
}

/// What a sweep made the label into.
std::vector<std::string> swept_labels(const SuiteComparison& comparison, const std::string& name) {
  std::vector<std::string> labels;
  for (const auto& model : comparison.models)
    if (const auto swept = swept_name(model.label); swept && swept->name == name)
      labels.push_back(model.label);
  return labels;
}

/// The models of a claim's label: one, or of a claim at equal rate a sweep.
std::vector<std::string> models_of(const SuiteComparison& comparison, const ClaimRecord& claim,
                                   const std::string& label) {
  if (!claim.at_equal.empty()) return swept_labels(comparison, label);
  std::vector<std::string> labels;
  for (const auto& model : comparison.models)
    if (same_name(model.label, label)) labels.push_back(model.label);
  return labels;
}

const SuiteComparison& comparison_of(const TomlReader& entry, const ClaimRecord& claim,
                                     const std::vector<SuiteComparison>& comparisons) {
  if (entry.has("comparison")) {
    const auto name = entry.text("comparison");
    std::vector<std::string> names;
    for (const auto& comparison : comparisons) {
      if (same_name(comparison.name, name)) return comparison;
      names.push_back(comparison.name);
    }
    entry.fail("comparison", "no comparison '" + name + "': " + suggest_name(name, names));
  }
  if (comparisons.size() == 1) return comparisons.front();
  const SuiteComparison* found = nullptr;
  for (const auto& comparison : comparisons) {
    if (models_of(comparison, claim, claim.label).empty()) continue;
    if (found != nullptr)
      entry.fail(claim.kind == "better" ? "better" : "label",
                 "'" + claim.label + "' stands in several comparisons; say which with comparison = NAME");
    found = &comparison;
  }
  return found == nullptr ? comparisons.front() : *found;  // Where the label is then found to be missing.
}

/// Protocol and name of "generate/fid".
void read_figure(const TomlReader& entry, ClaimRecord& claim) {
  const auto figure = entry.text("figure");
  std::tie(claim.protocol, claim.name) = figure_parts(figure);
  if (figure.find('/') == std::string::npos)
    entry.fail("figure", "is '" + figure + "' but must be PROTOCOL/METRIC, such as generate/fid");
}

PublishedRecord figure_of(const ClaimRecord& claim, const std::string& label, const std::string& split) {
  return {claim.comparison, label, claim.protocol, claim.name, claim.variant, split, 0.0, std::nullopt, ""};
}

/// Where no split is given, the one that the figure has; of several "test".
std::string split_of(const TomlReader& entry, const ClaimRecord& claim, const SuiteComparison& comparison) {
  if (entry.has("split")) return entry.text("split");
  const auto models = models_of(comparison, claim, claim.label);
  const auto& label = models.empty() ? claim.label : models.front();
  for (const char* split : {"test", "", "train"})
    if (!find_mismatch(figure_of(claim, label, split), comparison)) return split;
  return "test";
}

/// Of a claim at equal rate.
void require_sweeps(const TomlReader& entry, const ClaimRecord& claim, const SuiteComparison& comparison) {
  std::map<std::string, std::size_t> values;
  for (const auto& model : comparison.models)
    if (const auto swept = swept_name(model.label)) ++values[swept->name];
  std::vector<std::string> sweeps;
  for (const auto& [name, count] : values)
    if (count >= kFewestSweptValues) sweeps.push_back(name);
  for (const auto& [key, label] : {std::pair{"better", claim.label}, {"than", claim.than}})
    if (std::find(sweeps.begin(), sweeps.end(), label) == sweeps.end())
      entry.fail(key, fmt::format("is '{}', which is no sweep of comparison '{}' over {} values or more{}",
                                  label, comparison.name, kFewestSweptValues,
                                  sweeps.empty() ? "" : ": " + suggest_name(label, sweeps)));
}

/// One figure that every model of the comparison has.
void require_rate(const TomlReader& entry, const ClaimRecord& claim, const SuiteComparison& comparison) {
  auto rate = claim;
  std::tie(rate.protocol, rate.name) = figure_parts(claim.at_equal);
  rate.variant.clear();
  if (rate.protocol.empty() || rate.protocol == "generate" || rate.protocol == "interpolate")
    entry.fail("at_equal", "is '" + claim.at_equal +
                               "' but must be PROTOCOL/METRIC of one figure a model, such as "
                               "collapse/kl_total or reconstruct/relative_error");
  const auto label = models_of(comparison, claim, claim.label).front();
  std::optional<PublishedMismatch> mismatch;
  for (const char* split : {"", "test"}) {
    mismatch = find_mismatch(figure_of(rate, label, split), comparison);
    if (!mismatch) return;
  }
  entry.fail("at_equal", mismatch->what);
}

void require_measured(const TomlReader& entry, const ClaimRecord& claim, const SuiteComparison& comparison) {
  if (!claim.at_equal.empty()) {
    require_sweeps(entry, claim, comparison);
    require_rate(entry, claim, comparison);
  }
  for (const auto* label : {&claim.label, &claim.than}) {
    if (label->empty()) continue;
    const auto models = models_of(comparison, claim, *label);
    const auto mismatch =
        find_mismatch(figure_of(claim, models.empty() ? *label : models.front(), claim.split), comparison);
    if (!mismatch) continue;
    const bool of_figure = mismatch->key == "name" || mismatch->key == "protocol";
    const bool of_label = mismatch->key == "label";
    entry.fail(of_figure  ? "figure"
               : of_label ? (label == &claim.than     ? "than"
                             : claim.kind == "better" ? "better"
                                                      : "label")
                          : mismatch->key,
               mismatch->what);
  }
  if (claim.kind == "better" && std::string(metric_description(claim.name).better).empty())
    entry.fail("figure",
               "'" + claim.name + "' has no better direction; claim at_most, at_least or within of it");
}

/// The published figure that a claim without a value of its own refers to.
double published_value(const TomlReader& entry, const ClaimRecord& claim, const SuiteComparison& comparison) {
  for (const auto& record : comparison.published)
    if (record.label == claim.label && record.protocol == claim.protocol && record.name == claim.name &&
        record.variant == claim.variant && record.split == claim.split)
      return record.value;
  entry.fail("within", "needs value = NUMBER, since the comparison has no published figure of this kind");
}

ClaimRecord read_claim(const TomlReader& entry, const std::vector<SuiteComparison>& comparisons) {
  ClaimRecord claim;
  claim.text = entry.text("text");
  claim.kind = kind_of(entry);
  claim.label = entry.text(claim.kind == "better" ? "better" : "label");
  if (claim.kind == "better") {
    claim.than = entry.text("than");
    if (same_name(claim.than, claim.label)) entry.fail("than", "is the model itself; name another");
    claim.at_equal = entry.text("at_equal", "");
  }
  for (const char* key : {"label", "than", "at_equal"})
    if (entry.has(key) && (claim.kind == "better") == (std::string(key) == "label"))
      entry.fail(key, "means nothing beside '" + claim.kind + "'; leave it out");
  read_figure(entry, claim);
  claim.variant = entry.text("variant", "");
  claim.source = entry.text("source", "");
  const auto& comparison = comparison_of(entry, claim, comparisons);
  claim.comparison = comparison.name;
  claim.label = label_in(comparison, claim.label);
  claim.than = label_in(comparison, claim.than);
  claim.split = split_of(entry, claim, comparison);
  require_measured(entry, claim, comparison);
  if (claim.kind == "at_most" || claim.kind == "at_least")
    claim.value = entry.real(claim.kind, -kLargest, kLargest);
  if (claim.kind == "within") {
    claim.tolerance = entry.real("within", 0.0, kLargest);
    claim.value = entry.has("value") ? entry.real("value", -kLargest, kLargest)
                                     : published_value(entry, claim, comparison);
  } else if (entry.has("value")) {
    entry.fail("value", "is for 'within' alone; leave it out");
  }
  return claim;
}

}  // namespace

std::vector<ClaimRecord> read_claims(const TomlReader& top, const std::vector<SuiteComparison>& comparisons) {
  std::vector<ClaimRecord> claims;
  if (!top.has("claim")) return claims;
  for (const auto& entry :
       top.tables("claim", {"text", "comparison", "better", "than", "label", "at_most", "at_least", "within",
                            "value", "figure", "variant", "split", "at_equal", "source"}))
    claims.push_back(read_claim(entry, comparisons));
  return claims;
}

}  // namespace rraebench
