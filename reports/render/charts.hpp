#pragma once
// Implements: what of a comparison is drawn, as charts.

#include "reports/analysis/comparison.hpp"
#include "reports/analysis/sweeps.hpp"
#include "reports/render/chart.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rraebench {

/// A line a model, its mean over the ok seeds with a band from the smallest to the largest; single runs on
/// demand; failed runs end in a cross. Logarithmic where all values are positive. None without curves.
std::optional<Chart> training_chart(const Comparison& comparison);

/// Singular values of each run over the first of them, logarithmic; likewise.
std::optional<Chart> singular_value_chart(const Comparison& comparison);

/// Of a swept option: logarithmic where its values are positive and span a decade or more.
ChartAxis sweep_axis(const std::string& option, double smallest, double largest);

/// One figure over the values of a swept option: a line a model through the means over seeds, with a stroke
/// from the smallest to the largest. None where fewer than two points of every line have the figure.
std::optional<Chart> sweep_chart(const Sweep& sweep, const MetricTable& table, std::size_t column,
                                 const std::string& axis);

constexpr std::size_t kMostBars = 512;

/// Spectrum's values as bars over the dimension's number, kMostBars at most. `largest` is the top of the
/// axis.
Chart bar_chart(const Spectrum& spectrum, std::size_t style, double largest, const std::string& axis);

/// A point a model: one figure against another, means over seeds; none where fewer than two have both.
std::optional<Chart> trade_chart(const Comparison& comparison, const MetricTable& across,
                                 std::size_t across_column, const ChartAxis& x, const MetricTable& up,
                                 std::size_t up_column, const ChartAxis& y);

}  // namespace rraebench
