#include "host/worker/protocols/feature_metrics.hpp"

#include "host/worker/protocols/figure_fault.hpp"
#include "host/worker/seeds.hpp"
#include "metrics/bootstrap.hpp"
#include "metrics/entropy.hpp"
#include "metrics/frechet_infinity.hpp"
#include "metrics/inception_score.hpp"
#include "metrics/kernel_distance.hpp"
#include "metrics/neighbourhoods.hpp"
#include "metrics/path_length.hpp"
#include "metrics/tensors.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <tuple>

namespace rraebench {
namespace {

constexpr std::int64_t kInceptionSplits = 10;

/// Collects one protocol's figures of one set of samples.
class FeatureMetrics {
 public:
  FeatureMetrics(const FeatureContext& context, std::string protocol, std::string variant)
      : context_(context),
        plan_(context.spec.features),
        reference_(context.reference),
        protocol_(std::move(protocol)),
        variant_(std::move(variant)) {}

  FeatureFigures take() { return std::move(figures_); }

  void note(const std::string& text) {
    figures_.warnings.push_back(context_.spec.comparison + ", " + protocol_ +
                                (variant_.empty() ? "" : " " + variant_) + ": " + text);
  }

  /// What throws costs these figures alone.
  void measure(const std::string& names, const std::function<void()>& how) {
    if (const auto fault = fault_of(how)) note(names + " not measured: " + *fault);
  }

  void add(const std::string& name, double value, std::int64_t real, std::int64_t own,
           const std::string& cause = "") {
    auto metric = new_metric(protocol_, name, value);
    if (!std::isfinite(value)) {
      metric.value = std::numeric_limits<double>::quiet_NaN();
      note(name + " is not finite" + (cause.empty() ? "" : ": " + cause));
    }
    metric.variant = variant_;
    metric.split = reference_.source.empty() ? context_.spec.reference_split : "";
    metric.extractor =
        context_.extractor.name + (reference_.source.empty() ? "" : " against " + reference_.source);
    metric.extractor_sha256 = context_.extractor.sha256;
    metric.reference_count = real;
    metric.sample_count = own;
    figures_.metrics.push_back(std::move(metric));
  }

  void frechet(const FeatureSet& set) {
    const auto own = set.moments.count;
    const auto before = figures_.metrics.size();
    if (plan_.wants("fid")) {
      measure("fid", [&] {
        const double distance = reference_.frechet.distance_to(set.moments);
        add("fid", distance, reference_.count, own);
        if (plan_.bootstrap > 0)
          add_interval("fid", reference_.count, set.features.size(0),
                       bootstrap_interval(distance, set.features.size(0), bootstrap("fid", set.group),
                                          [&](const torch::Tensor& indices) {
                                            const auto drawn = set.features.index_select(0, indices);
                                            return reference_.frechet.distance_to(moments_of(drawn));
                                          }));
      });
    }
    if (plan_.wants("fid_infinity")) {
      measure("fid_infinity", [&] {
        add("fid_infinity", frechet_infinity(reference_.frechet, set.features, seed("fid_infinity")).limit,
            reference_.count, set.features.size(0));
      });
    }
    if (figures_.metrics.size() > before) warn_of_few(own, set.moments.mean.size(0));
  }

  void kernel(const FeatureSet& set) {
    measure("kid", [&] {
      const auto distance = kernel_distance_over_subsets(
          reference_.features, set.features, {plan_.kid_subsets, plan_.kid_subset_size, seed("kid")});
      for (const auto& [name, value] :
           {std::pair{"kid", distance.mean}, {"kid_deviation", distance.deviation}})
        add(name, value, reference_.features.size(0), set.features.size(0));
    });
  }

  void neighbours(const FeatureSet& set) {
    const auto real = reference_.features.size(0);
    const auto own = set.features.size(0);
    constexpr const char* kNames = "precision, recall, density and coverage";
    if (std::min(real, own) <= plan_.neighbours)
      return note(std::string(kNames) + " are not measured: " + std::to_string(plan_.neighbours) +
                  " neighbours among " + std::to_string(real) + " real and " + std::to_string(own) +
                  " own samples");
    measure(kNames, [&] {
      const auto found = find_neighbourhoods(reference_.features, set.features, plan_.neighbours);
      if (found.real_points == real)
        return note(std::string(kNames) + " are left out: every real sample has as many exact copies as " +
                    "neighbours are asked for, so that all neighbourhoods have radius 0");
      warn_of_points("real", found.real_points, real, "precision, density and coverage come out too small");
      warn_of_points("own", found.generated_points, own, "recall comes out too small");
      constexpr std::int64_t kIndependent = 1;  // Real samples are.
      using Values = std::tuple<const char*, torch::Tensor, std::int64_t>;
      for (const auto& [name, values, group] : {Values{"precision", found.generated_within, set.group},
                                                {"recall", found.real_within, kIndependent},
                                                {"density", found.generated_density, set.group},
                                                {"coverage", found.real_covered, kIndependent}}) {
        if (!plan_.wants(name)) continue;
        add(name, values.mean().item<double>(), real, own);
        if (plan_.bootstrap > 0)
          add_interval(name, real, own, bootstrap_mean_interval(values, bootstrap(name, group)));
      }
    });
  }

  void classes(const FeatureSet& set) {
    const auto own = set.probabilities.size(0);
    if (plan_.wants("entropy")) {
      measure("entropy", [&] {
        const auto values = entropies(set.probabilities);
        add("entropy", values.mean().item<double>(), reference_.count, own);
        if (plan_.bootstrap > 0)
          add_interval("entropy", reference_.count, own,
                       bootstrap_mean_interval(values, bootstrap("entropy", set.group)));
      });
      if (reference_.entropy) add("real_entropy", *reference_.entropy, reference_.count, own);
    }
    if (!plan_.wants("inception_score")) return;
    measure("inception_score", [&] {
      const auto score = inception_score(set.probabilities, kInceptionSplits, seed("inception_score"));
      add("inception_score", score.mean, 0, own);
      add("inception_score_deviation", score.deviation, 0, own);
    });
  }

  void paths(const torch::Tensor& features) {
    measure("path_length and path_detour", [&] {
      const auto smoothness = path_smoothness(features);
      const double size = features.to(torch::kFloat64).square().sum(2).mean().item<double>();
      if (smoothness.length <= kFeatureRounding * kFeatureRounding * size)
        return note("path_length and path_detour are left out: the features do not change along any path");
      add("path_length", smoothness.length, 0, features.size(0));
      add("path_detour", smoothness.detour, 0, features.size(0),
          "the ends of every path have the same features");
    });
  }

 private:
  std::uint64_t seed(const std::string& name) const {
    return derive_seed(context_.spec.seed, name + " of " + protocol_ + " " + variant_);
  }

  BootstrapOptions bootstrap(const std::string& name, std::int64_t group) const {
    BootstrapOptions options;
    options.replicates = plan_.bootstrap;
    options.seed = seed("bootstrap of " + name);
    options.group = group;
    return options;
  }

  void add_interval(const std::string& name, std::int64_t real, std::int64_t own, const Interval& interval) {
    add(name + "_lower", interval.lower, real, own);
    add(name + "_upper", interval.upper, real, own);
  }

  void warn_of_few(std::int64_t own, std::int64_t features) {
    const auto real = reference_.count > 0 ? reference_.count : features + 1;
    if (std::min(real, own) > features) return;
    note(std::to_string(std::min(real, own)) + (real <= own ? " real" : " own") + " samples for " +
         std::to_string(features) + " features: FID comes out too large; compare it at equal counts alone");
  }

  /// Samples with as many exact copies as neighbours: their neighbourhoods are points, which hold nothing.
  void warn_of_points(const std::string& side, std::int64_t points, std::int64_t count,
                      const std::string& effect) {
    constexpr std::int64_t kWorthSaying = 100;  // From one in so many.
    if (points * kWorthSaying < count) return;
    note(std::to_string(points) + " of " + std::to_string(count) + " " + side +
         " samples have neighbourhoods of radius 0, having " + std::to_string(plan_.neighbours) +
         " exact copies or more: " + effect);
  }

  const FeatureContext& context_;
  const FeaturePlan& plan_;
  const ReferenceFeatures& reference_;
  std::string protocol_;
  std::string variant_;
  FeatureFigures figures_;
};

}  // namespace

FeatureFigures measure_features(const FeatureContext& context, const std::string& protocol,
                                const std::string& variant, const FeatureSet& measured) {
  const auto& plan = context.spec.features;
  FeatureMetrics metrics(context, protocol, variant);
  if (!context.reference.varies) {
    metrics.note("no metric of features is measured: those of all real samples are the same");
    return metrics.take();
  }
  if (plan.wants("fid") || plan.wants("fid_infinity")) metrics.frechet(measured);
  if (plan.wants("kid")) metrics.kernel(measured);
  if (wants_neighbours(plan)) metrics.neighbours(measured);
  if (measured.probabilities.defined()) metrics.classes(measured);
  return metrics.take();
}

FeatureFigures unmeasured_features(const FeatureContext& context, const std::string& protocol,
                                   const std::string& variant, const std::string& fault) {
  FeatureMetrics metrics(context, protocol, variant);
  metrics.note("no metric of features is measured: " + fault);
  return metrics.take();
}

FeatureFigures measure_paths(const FeatureContext& context, const std::string& variant,
                             const torch::Tensor& features) {
  FeatureMetrics metrics(context, "interpolate", variant);
  if (context.reference.varies) metrics.paths(features);  // Else measure_features has said it.
  return metrics.take();
}

void emit_figures(const std::function<void(const nlohmann::json&)>& emit, const FeatureFigures& figures) {
  for (const auto& metric : figures.metrics) emit(event_of(metric));
  for (const auto& warning : figures.warnings) emit(warning_event(warning));
}

bool keeps_features(const FeaturePlan& plan) {
  return needs_real_features(plan) || plan.wants("fid_infinity") || plan.bootstrap > 0;
}

}  // namespace rraebench
