#include "reports/analysis/ranks.hpp"

#include <boost/math/distributions/chi_squared.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace rraebench {
namespace {

/// Quantiles of the studentized range at 0.05 over sqrt(2), for 2 to 20 models.
constexpr std::array<double, 19> kNemenyi = {1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031,
                                             3.102, 3.164, 3.219, 3.268, 3.313, 3.354, 3.391,
                                             3.426, 3.458, 3.489, 3.518, 3.544};

constexpr std::pair<const char*, const char*> kQuality[] = {{"reconstruct", "relative_error"},
                                                            {"interpolate", "relative_error"},
                                                            {"interpolate", "fid"},
                                                            {"generate", "fid"}};

bool is_ranked(const MetricColumn& column) {
  if (column.split != "test" && !column.split.empty()) return false;
  return std::any_of(std::begin(kQuality), std::end(kQuality), [&](const auto& figure) {
    return column.protocol == figure.first && column.name == figure.second;
  });
}

/// Means of one figure in one comparison, by label.
using Means = std::map<std::string, double>;

Means means_of(const Comparison& comparison, const MetricTable& table, std::size_t column) {
  Means means;
  for (std::size_t label = 0; label < comparison.labels.size(); ++label) {
    const auto& summary = table.cells[label][column].summary;
    if (summary.count > 0 && std::isfinite(summary.mean))
      means[comparison.labels[label].label] = summary.mean;
  }
  return means;
}

struct Gathered {
  MetricColumn column;
  std::vector<std::string> comparisons;
  std::vector<Means> means;
};

/// A figure with several instruments in one comparison is in none of its rankings.
std::vector<Gathered> gather(const std::vector<const Comparison*>& comparisons) {
  std::vector<Gathered> all;
  for (const auto* comparison : comparisons)
    for (const auto& table : comparison->tables)
      for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto& column = table.columns[i];
        const auto alike =
            std::count_if(table.columns.begin(), table.columns.end(),
                          [&](const MetricColumn& other) { return figure_key(other) == figure_key(column); });
        if (!is_ranked(column) || alike > 1) continue;
        auto found = std::find_if(all.begin(), all.end(), [&](const Gathered& other) {
          return figure_key(other.column) == figure_key(column);
        });
        if (found == all.end()) found = all.insert(all.end(), {column, {}, {}});
        found->comparisons.push_back(comparison->name);
        found->means.push_back(means_of(*comparison, table, i));
      }
  return all;
}

std::vector<std::string> labels_in_all(const std::vector<Means>& means) {
  std::vector<std::string> labels;
  for (const auto& [label, mean] : means.front())
    if (std::all_of(means.begin(), means.end(),
                    [&, name = label](const Means& m) { return m.count(name) > 0; }))
      labels.push_back(label);
  return labels;
}

/// 1 is the smallest; equal values share the mean of their ranks.
std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<double> ranks;
  for (const double value : values) {
    double below = 0.0;
    double equal = 0.0;
    for (const double other : values) {
      below += other < value ? 1.0 : 0.0;
      equal += other == value ? 1.0 : 0.0;
    }
    ranks.push_back(below + (equal + 1.0) / 2.0);
  }
  return ranks;
}

std::size_t colour_of(const std::vector<const Comparison*>& comparisons, const std::string& label) {
  for (const auto* comparison : comparisons)
    for (const auto& summary : comparison->labels)
      if (summary.label == label) return summary.colour;
  return 0;
}

std::optional<Ranking> rank(const Gathered& gathered, const std::vector<const Comparison*>& comparisons) {
  if (gathered.means.size() < kFewestRanked) return std::nullopt;
  const auto labels = labels_in_all(gathered.means);
  if (labels.size() < kFewestRanked) return std::nullopt;
  const double sign = gathered.column.better == "higher" ? -1.0 : 1.0;
  const auto n = static_cast<double>(gathered.means.size());
  const auto k = static_cast<double>(labels.size());
  std::vector<double> sums(labels.size(), 0.0);
  double squares = 0.0;  // Of all ranks: less than without ties.
  for (const auto& means : gathered.means) {
    std::vector<double> values;
    for (const auto& label : labels) values.push_back(sign * means.at(label));
    const auto ranks = ranks_of(values);
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      sums[i] += ranks[i];
      squares += ranks[i] * ranks[i];
    }
  }
  Ranking ranking;
  ranking.suite = comparisons.front()->suite;
  ranking.column = {gathered.column.protocol,
                    gathered.column.name,
                    gathered.column.variant,
                    gathered.column.split,
                    gathered.column.unit,
                    gathered.column.better,
                    "",
                    "",
                    0,
                    0};
  ranking.comparisons = gathered.comparisons;
  const double middle = (k + 1.0) / 2.0;
  double between = 0.0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    between += std::pow(sums[i] / n - middle, 2);
    ranking.models.push_back({labels[i], colour_of(comparisons, labels[i]), sums[i] / n});
  }
  std::sort(ranking.models.begin(), ranking.models.end(),
            [](const RankedModel& a, const RankedModel& b) { return a.mean_rank < b.mean_rank; });
  const double within =
      (squares - n * k * middle * middle) / (n * (k - 1.0));  // Conover's form: holds with ties.
  if (within > 0.0)
    ranking.p_value = boost::math::cdf(boost::math::complement(
        boost::math::chi_squared_distribution<double>(k - 1.0), n * between / within));
  if (labels.size() - 2 < kNemenyi.size())
    ranking.critical_difference = kNemenyi[labels.size() - 2] * std::sqrt(k * (k + 1.0) / (6.0 * n));
  return ranking;
}

}  // namespace

std::vector<Ranking> rank_models(const std::vector<Comparison>& comparisons) {
  std::vector<Ranking> rankings;
  std::set<std::string> seen;
  for (const auto& first : comparisons) {
    if (!seen.insert(first.suite).second) continue;
    std::vector<const Comparison*> of_suite;
    for (const auto& comparison : comparisons)
      if (comparison.suite == first.suite) of_suite.push_back(&comparison);
    for (const auto& gathered : gather(of_suite))
      if (auto ranking = rank(gathered, of_suite)) rankings.push_back(std::move(*ranking));
  }
  return rankings;
}

}  // namespace rraebench
