#pragma once
// Implements: charts as Vega specifications. Colours are numbers: the page puts the theme's palette in their
// place (scale "colour") and sets the width.

#include "reports/analysis/comparison.hpp"
#include "reports/analysis/sweeps.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace rraebench {

/// A line a run, failed runs dashed; logarithmic where all values are positive. Null without curves.
nlohmann::json training_chart(const Comparison& comparison);

/// Singular values of each run over the first of them, logarithmic. Null without any.
nlohmann::json singular_value_chart(const Comparison& comparison);

/// One figure over the values of a swept option: a line a model through the means over seeds, with a bar from
/// the smallest to the largest. Logarithmic in the option where its values are positive and span a decade or
/// more. Null where fewer than two points of every line have the figure.
nlohmann::json sweep_chart(const Comparison& comparison, const Sweep& sweep, const MetricTable& table,
                           std::size_t column, const std::string& axis);

/// `values` as bars over the dimension's number. `largest` is the top of the axis.
nlohmann::json bar_chart(const Spectrum& spectrum, std::size_t colour, double largest,
                         const std::string& axis);

}  // namespace rraebench
