#pragma once
// Implements: models ranked over several comparisons of a suite, and how far apart ranks must lie to differ.

#include "reports/analysis/comparison.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rraebench {

constexpr std::size_t kFewestRanked = 3;  // Comparisons, and models.

struct RankedModel {
  std::string label;
  std::size_t colour = 0;  // As in LabelSummary.
  double mean_rank = 0.0;  // 1 is the best of every comparison.
};

/// One figure, in all comparisons of a suite that have it.
struct Ranking {
  std::string suite;
  MetricColumn column;  // Without instrument and counts, which may differ from one comparison to another.
  std::vector<std::string> comparisons;
  std::vector<RankedModel> models;            // The best first.
  double p_value = 1.0;                       // Friedman's test: all models rank alike.
  std::optional<double> critical_difference;  // Mean ranks that lie further apart differ at 0.05 (Nemenyi).
};

/// The figures of quality for which the same three models or more have means in three comparisons or more; a
/// model that lacks one is left out. Equal means share their ranks. No critical difference for more than
/// twenty models. Source: Demsar 2006, Statistical comparisons of classifiers over multiple data sets.
std::vector<Ranking> rank_models(const std::vector<Comparison>& comparisons);

}  // namespace rraebench
