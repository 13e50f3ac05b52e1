#include "host/worker/protocols/feature_figures.hpp"

#include "metrics/catalog.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace rraebench {
namespace {

/// The values that the sets have of `metric`.
std::vector<double> values_of(const std::vector<FeatureFigures>& sets, const MetricRecord& metric) {
  std::vector<double> values;
  for (const auto& set : sets)
    for (const auto& other : set.metrics)
      if (other.name == metric.name && other.variant == metric.variant) values.push_back(other.value);
  return values;
}

std::vector<std::string> warnings_of(const std::vector<FeatureFigures>& sets) {
  std::vector<std::string> warnings;
  for (const auto& set : sets)
    for (const auto& warning : set.warnings)
      if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) warnings.push_back(warning);
  return warnings;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double sample_deviation(const std::vector<double>& values, double mean) {
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

}  // namespace

FeatureFigures mean_over_sets(const std::vector<FeatureFigures>& sets) {
  if (sets.empty()) throw std::invalid_argument("a mean over no sets");
  if (sets.size() == 1) return sets.front();
  FeatureFigures means{{}, warnings_of(sets)};
  for (const auto& first : sets.front().metrics) {
    const auto values = values_of(sets, first);
    if (values.size() != sets.size()) continue;  // Why it is not measured, that set's warnings say.
    auto metric = first;
    metric.value = mean_of(values);
    means.metrics.push_back(metric);
    if (metric.name != "fid" && metric.name != "entropy") continue;
    auto deviation = metric;
    deviation.name += "_deviation";
    deviation.better = metric_description(deviation.name).better;
    deviation.value = sample_deviation(values, metric.value);
    means.metrics.push_back(deviation);
  }
  return means;
}

}  // namespace rraebench
