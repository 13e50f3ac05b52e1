#include "host/program/planning/feasibility.hpp"

#include "host/common/errors.hpp"
#include "host/common/extractor_name.hpp"
#include "host/common/feature_samples.hpp"
#include "host/common/feature_statistics.hpp"
#include "host/common/sampler.hpp"
#include "host/program/suites/limits.hpp"
#include "rraebench/architecture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rraebench {
namespace {

std::string text(std::int64_t number) {
  return std::to_string(number);
}

/// One comparison under check.
class Check {
 public:
  Check(const RunSpec& spec, const DatasetFacts& facts, const SuiteComparison& comparison)
      : spec_(spec),
        facts_(facts),
        comparison_(comparison),
        train_(facts.sample_counts.at("train")),
        batch_(std::min(spec.training.batch_size, train_)) {}

  void splits() const {
    for (const char* split : {"train", "test"})
      if (facts_.sample_counts.at(split) < 1)
        fail("dataset", "has no " + std::string(split) + " samples; give it some");
  }

  void network() const {
    const auto fault = facts_.network_faults.find(spec_.network_family);
    if (fault != facts_.network_faults.end()) fail("network", fault->second);
  }

  /// A decoder that ends in an activation reaches no value beyond it.
  void output() const {
    constexpr double kRounding = 1e-3;
    const auto found = spec_.network_options.find(kOutput.name);
    const auto chosen = found == spec_.network_options.end() ? "" : found->second;
    if (chosen != "sigmoid" && chosen != "tanh") return;
    const double lowest = chosen == "tanh" ? -1.0 : 0.0;
    const auto [least, largest] = facts_.normalised_range;
    if (least < lowest - kRounding || largest > 1.0 + kRounding)
      fail(
          "network.output",
          fmt::format(
              "'{}' gives values from {:.0f} to 1, and the training samples of '{}' go from {:.3g} to {:.3g} "
              "with normalisation = \"{}\"; set \"{}\", or output = \"none\"",
              chosen, lowest, spec_.dataset, least, largest, spec_.dataset_options.at("normalisation"),
              chosen == "tanh" ? "symmetric" : "minmax"));
  }

  void steps() const {
    const auto batches = std::max<std::int64_t>(1, train_ / std::max<std::int64_t>(1, batch_));
    double total = 0.0;  // Of numbers far below what a double holds exactly.
    for (const auto* stages : {&spec_.training.stages, &spec_.training.fine_tuning})
      for (const auto& stage : *stages)
        total += stage.steps > 0 ? static_cast<double>(stage.steps)
                                 : static_cast<double>(stage.epochs) * static_cast<double>(batches);
    if (total > static_cast<double>(kMostSteps))
      fail("stages", "are more than " + text(kMostSteps) + " steps in all, with " + text(batches) +
                         " batches an epoch; ask for fewer");
  }

  void extractor() const {
    const auto extractor = find_extractor(spec_.extractor);
    if (!extractor) return;
    const bool is_image = facts_.sample_shape.size() == 3;
    if (extractor->kind == ExtractorKind::kClassifier && (!is_image || !facts_.has_labels))
      fail("extractor",
           "'classifier' needs images with labels, which '" + spec_.dataset + "' has not; use \"pca:K\"");
    if (extractor->kind == ExtractorKind::kTorchScript && !is_image)
      fail("extractor",
           "'" + spec_.extractor + "' needs images, which '" + spec_.dataset + "' has not; use \"pca:K\"");
    if (extractor->kind == ExtractorKind::kPca) principal_components(extractor->components);
    features();
  }

  void interpolation() const {
    if (spec_.interpolates && spec_.interpolation.kind == "grid" && !facts_.has_grid)
      fail("kind", "'grid' needs training parameters that form a full grid, which '" + spec_.dataset +
                       "' has not; use kind = \"pairs\"");
  }

  void samplers() const {
    if (!spec_.generates) return;
    for (const auto& name : spec_.generation.samplers) {
      const auto sampler = find_sampler(name).value();
      if (sampler.kind == SamplerKind::kGaussian && train_ < 2)
        fail("samplers", "'gaussian' is fitted to two training samples at least, '" + spec_.dataset +
                             "' has " + text(train_));
      if (sampler.components > train_)
        fail("samplers", "'" + name + "' from " + text(train_) +
                             " training samples; a mixture has at most as many components");
    }
  }

 private:
  [[noreturn]] void fail(const std::string& key, const std::string& what) const {
    throw UserError(comparison_.places.of(key) + what);
  }

  void principal_components(std::int64_t components) const {
    std::int64_t values = 1;
    for (const auto extent : facts_.sample_shape) values *= extent;
    const auto samples = std::min(train_, kPcaSamples);
    const auto most = std::min(samples - 1, values);
    if (components > most)
      fail("extractor",
           "pca:" + text(components) + " from " + text(samples) + " training samples of " + text(values) +
               " values, which " +
               (most < 1 ? "have no components; give more samples"
                         : "have at most " + text(most) + "; use \"pca:" + text(most) + "\" or less"));
  }

  void features() const {
    const auto& plan = spec_.features;
    const auto require = [&](const std::string& key, const std::string& metric, std::int64_t fewest,
                             std::int64_t count, const std::string& what, const std::string& remedy) {
      if (count < fewest)
        fail(key, metric + " " + text(fewest) + " from " + text(count) + " " + what + "; " + remedy);
    };
    const auto require_of_all = [&](const std::string& key, const std::string& metric, std::int64_t fewest,
                                    const std::string& remedy, bool of_real) {
      if (of_real && plan.statistics.empty())
        require(key, metric, fewest, facts_.sample_counts.at(spec_.reference_split), "real samples", remedy);
      if (spec_.generates) require(key, metric, fewest, spec_.generation.count, "generated samples", remedy);
      if (spec_.interpolates && spec_.interpolation.kind == "pairs")
        require(key, metric, fewest, spec_.interpolation.pairs * spec_.interpolation.steps,
                "interpolated samples", remedy);
    };
    if (plan.wants("fid") || plan.wants("fid_infinity"))
      require_of_all("extractor", "fid needs at least", 2, "have more", true);
    if (plan.wants("fid_infinity"))
      require_of_all("metrics", "fid_infinity draws at least", 20, "leave it out or have more", false);
    if (plan.wants("inception_score"))
      require_of_all("metrics", "inception_score splits at least", 10, "leave it out or have more", false);
    if (plan.wants("kid"))
      require_of_all("kid_subset_size", "kid draws subsets of", plan.kid_subset_size,
                     "set features.kid_subset_size or have more", true);
    // The default is left out with a note in the report; what a user asks for is an error.
    const bool asked = comparison_.places.has("neighbours") || comparison_.places.has("metrics");
    if (asked && wants_neighbours(plan))
      require_of_all(comparison_.places.has("neighbours") ? "neighbours" : "metrics",
                     text(plan.neighbours) + " neighbours need", plan.neighbours + 1,
                     "set features.neighbours or have more", true);
  }

  const RunSpec& spec_;
  const DatasetFacts& facts_;
  const SuiteComparison& comparison_;
  std::int64_t train_;
  std::int64_t batch_;
};

}  // namespace

void check_comparison(const RunSpec& spec, const DatasetFacts& facts, const SuiteComparison& comparison) {
  const Check check(spec, facts, comparison);
  check.splits();
  check.network();
  check.output();
  check.steps();
  check.extractor();
  check.interpolation();
  check.samplers();
}

void check_bounds(const RunSpec& spec, const DatasetFacts& facts, const std::vector<OptionRule>& rules,
                  const SuiteModel& model) {
  const auto train = facts.sample_counts.at("train");
  const auto bound_of = [&](const std::string& name) {
    if (name == "train") return std::pair(train, "the training samples");
    if (name == "batch")
      return std::pair(std::min(spec.training.batch_size, train), "the samples of a batch");
    const auto other = spec.options.find(name);
    std::int64_t value = std::numeric_limits<std::int64_t>::max();
    if (other != spec.options.end()) detail::parse_integer(other->second, value);
    return std::pair(value, "option");
  };
  for (const auto& rule : rules) {
    std::int64_t value = 0;
    if (rule.type != OptionType::kInteger || !detail::parse_integer(spec.options.at(rule.name), value))
      continue;
    for (const auto& name : detail::split_choices(rule.choices)) {
      const auto [most, what] = bound_of(name);
      if (value <= most) continue;
      throw UserError(model.places.of(rule.name) + "option '" + rule.name + "' is " + text(value) +
                      " but must be at most " + text(most) + ", " + what +
                      (name == "train" || name == "batch" ? "" : " '" + name + "'"));
    }
  }
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

}  // namespace rraebench
