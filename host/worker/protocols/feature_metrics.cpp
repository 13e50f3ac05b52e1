#include "host/worker/protocols/feature_metrics.hpp"

#include "host/worker/seeds.hpp"
#include "metrics/bootstrap.hpp"
#include "metrics/entropy.hpp"
#include "metrics/frechet_infinity.hpp"
#include "metrics/inception_score.hpp"
#include "metrics/kernel_distance.hpp"
#include "metrics/neighbourhoods.hpp"
#include "metrics/path_length.hpp"

#include <algorithm>

namespace rraebench {
namespace {

/// Collects one protocol's figures of one set of samples.
class FeatureMetrics {
 public:
  FeatureMetrics(const ProtocolContext& context, std::string protocol, std::string variant)
      : context_(context),
        plan_(context.spec.features),
        reference_(*context.reference),
        protocol_(std::move(protocol)),
        variant_(std::move(variant)) {}

  FeatureFigures take() { return std::move(figures_); }

  void add(const std::string& name, double value, std::int64_t real, std::int64_t own) {
    auto metric = new_metric(protocol_, name, value);
    metric.variant = variant_;
    metric.split = reference_.source.empty() ? context_.spec.reference_split : "";
    metric.extractor =
        context_.extractor->name + (reference_.source.empty() ? "" : " against " + reference_.source);
    metric.extractor_sha256 = context_.extractor->sha256;
    metric.reference_count = real;
    metric.sample_count = own;
    figures_.metrics.push_back(std::move(metric));
  }

  void frechet(const FeatureSet& set) {
    const auto own = set.moments.count;
    warn_of_few(own, set.moments.mean.size(0));
    const double distance = reference_.frechet.distance_to(set.moments);
    if (plan_.wants("fid")) {
      add("fid", distance, reference_.count, own);
      if (plan_.bootstrap > 0)
        add_interval("fid", reference_.count, set.features.size(0),
                     bootstrap_interval(distance, set.features.size(0), bootstrap("fid"),
                                        [&](const torch::Tensor& indices) {
                                          const auto drawn = set.features.index_select(0, indices);
                                          return reference_.frechet.distance_to(moments_of(drawn));
                                        }));
    }
    if (!plan_.wants("fid_infinity")) return;
    constexpr std::int64_t kFewest = 20;
    const auto kept = set.features.size(0);
    if (kept < kFewest)
      return note("fid_infinity is not measured: " + std::to_string(kept) + " samples, 20 are the fewest");
    add("fid_infinity", frechet_infinity(reference_.frechet, set.features, seed("fid_infinity")).limit,
        reference_.count, kept);
  }

  void kernel(const FeatureSet& set) {
    const auto distance = kernel_distance_over_subsets(
        reference_.features, set.features, {plan_.kid_subsets, plan_.kid_subset_size, seed("kid")});
    for (const auto& [name, value] : {std::pair{"kid", distance.mean}, {"kid_deviation", distance.deviation}})
      add(name, value, reference_.features.size(0), set.features.size(0));
  }

  void neighbours(const FeatureSet& set) {
    const auto real = reference_.features.size(0);
    const auto own = set.features.size(0);
    if (std::min(real, own) <= plan_.neighbours)
      return note(
          "precision, recall, density and coverage are not measured: " + std::to_string(plan_.neighbours) +
          " neighbours among " + std::to_string(real) + " real and " + std::to_string(own) + " own samples");
    const auto found = find_neighbourhoods(reference_.features, set.features, plan_.neighbours);
    for (const auto& [name, values] : {std::pair{"precision", found.generated_within},
                                       {"recall", found.real_within},
                                       {"density", found.generated_density},
                                       {"coverage", found.real_covered}}) {
      if (!plan_.wants(name)) continue;
      add(name, values.mean().item<double>(), real, own);
      if (plan_.bootstrap > 0)
        add_interval(name, real, own, bootstrap_mean_interval(values, bootstrap(name)));
    }
  }

  void classes(const FeatureSet& set) {
    const auto own = set.probabilities.size(0);
    if (plan_.wants("entropy")) {
      const auto values = entropies(set.probabilities);
      add("entropy", values.mean().item<double>(), reference_.count, own);
      if (plan_.bootstrap > 0)
        add_interval("entropy", reference_.count, own, bootstrap_mean_interval(values, bootstrap("entropy")));
      if (reference_.entropy) add("real_entropy", *reference_.entropy, reference_.count, own);
    }
    if (!plan_.wants("inception_score")) return;
    constexpr std::int64_t kSplits = 10;
    if (own < kSplits)
      return note("inception_score is not measured: 10 splits of " + std::to_string(own) + " samples");
    const auto score = inception_score(set.probabilities, kSplits, seed("inception_score"));
    add("inception_score", score.mean, 0, own);
    add("inception_score_deviation", score.deviation, 0, own);
  }

 private:
  std::uint64_t seed(const std::string& name) const {
    return derive_seed(context_.spec.seed, name + " of " + protocol_ + " " + variant_);
  }

  BootstrapOptions bootstrap(const std::string& name) const {
    BootstrapOptions options;
    options.replicates = plan_.bootstrap;
    options.seed = seed("bootstrap of " + name);
    return options;
  }

  void add_interval(const std::string& name, std::int64_t real, std::int64_t own, const Interval& interval) {
    add(name + "_lower", interval.lower, real, own);
    add(name + "_upper", interval.upper, real, own);
  }

  void note(const std::string& text) {
    figures_.warnings.push_back(context_.spec.comparison + ", " + protocol_ + " " + variant_ + ": " + text);
  }

  void warn_of_few(std::int64_t own, std::int64_t features) {
    const auto real = reference_.count > 0 ? reference_.count : features + 1;
    if (std::min(real, own) > features) return;
    note(std::to_string(std::min(real, own)) + (real <= own ? " real" : " own") + " samples for " +
         std::to_string(features) + " features: FID comes out too large; compare it at equal counts alone");
  }

  const ProtocolContext& context_;
  const FeaturePlan& plan_;
  const ReferenceFeatures& reference_;
  std::string protocol_;
  std::string variant_;
  FeatureFigures figures_;
};

}  // namespace

FeatureFigures measure_features(const ProtocolContext& context, const std::string& protocol,
                                const std::string& variant, const FeatureSet& measured) {
  const auto& plan = context.spec.features;
  FeatureMetrics metrics(context, protocol, variant);
  if (plan.wants("fid") || plan.wants("fid_infinity")) metrics.frechet(measured);
  if (plan.wants("kid")) metrics.kernel(measured);
  if (plan.wants("precision") || plan.wants("recall") || plan.wants("density") || plan.wants("coverage"))
    metrics.neighbours(measured);
  if (measured.probabilities.defined()) metrics.classes(measured);
  return metrics.take();
}

FeatureFigures measure_paths(const ProtocolContext& context, const std::string& variant,
                             const torch::Tensor& features) {
  const auto smoothness = path_smoothness(features);
  FeatureMetrics metrics(context, "interpolate", variant);
  const auto paths = features.size(0);
  metrics.add("path_length", smoothness.length, 0, paths);
  metrics.add("path_detour", smoothness.detour, 0, paths);
  return metrics.take();
}

void emit_figures(const ProtocolContext& context, const FeatureFigures& figures) {
  for (const auto& metric : figures.metrics) context.emit(event_of(metric));
  for (const auto& warning : figures.warnings) context.emit(warning_event(warning));
}

bool keeps_features(const FeaturePlan& plan) {
  return needs_real_features(plan) || plan.wants("fid_infinity") || plan.bootstrap > 0;
}

}  // namespace rraebench
