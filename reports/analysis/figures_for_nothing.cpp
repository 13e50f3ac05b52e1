#include "reports/analysis/figures_for_nothing.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>

namespace rraebench {
namespace {

constexpr double kLeastCovered = 0.01;

bool comes_by_collapse(std::string_view metric) {
  static constexpr std::array<std::string_view, 5> kMetrics = {"path_length", "path_detour", "precision",
                                                               "density", "low_variance_fraction"};
  return std::find(kMetrics.begin(), kMetrics.end(), metric) != kMetrics.end();
}

/// What says how many of the real samples are covered where the metric says how many of its own are real.
std::string_view covering_metric(std::string_view metric) {
  if (metric == "precision") return "recall";
  if (metric == "density") return "coverage";
  return {};
}

bool same_samples(const MetricColumn& a, const MetricColumn& b) {
  const auto key = [](const MetricColumn& c) {
    return std::tie(c.protocol, c.variant, c.split, c.extractor, c.extractor_sha256, c.reference_count,
                    c.sample_count);
  };
  return key(a) == key(b);
}

/// As the mean of all samples does, which lies among them.
bool covers_nothing(const MetricTable& table, std::size_t column, std::size_t row) {
  const auto covering = covering_metric(table.columns[column].name);
  for (std::size_t other = 0; other < table.columns.size(); ++other) {
    const auto& covered = table.cells[row][other].summary;
    if (table.columns[other].name == covering && same_samples(table.columns[other], table.columns[column]))
      return covered.count > 0 && covered.mean < kLeastCovered;
  }
  return false;
}

}  // namespace

std::string why_for_nothing(const MetricTable& table, std::size_t column, std::size_t row,
                            const LabelSummary& label) {
  if (label.collapsed && comes_by_collapse(table.columns[column].name)) return "has collapsed";
  if (covers_nothing(table, column, row)) return "covers less than 1 % of the real samples";
  return {};
}

}  // namespace rraebench
