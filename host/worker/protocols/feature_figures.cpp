#include "host/worker/protocols/feature_figures.hpp"

#include "metrics/catalog.hpp"

#include <cmath>
#include <stdexcept>

namespace rraebench {
namespace {

/// The metric at `place` of every set.
std::vector<double> values_at(const std::vector<FeatureFigures>& sets, std::size_t place) {
  const auto& metric = sets.front().metrics[place];
  std::vector<double> values;
  for (const auto& set : sets) {
    if (set.metrics.size() != sets.front().metrics.size() || set.metrics[place].name != metric.name)
      throw std::invalid_argument("a mean over sets of different metrics, such as '" + metric.name + "'");
    values.push_back(set.metrics[place].value);
  }
  return values;
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
  FeatureFigures means{{}, sets.front().warnings};
  for (std::size_t place = 0; place < sets.front().metrics.size(); ++place) {
    const auto values = values_at(sets, place);
    auto metric = sets.front().metrics[place];
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
