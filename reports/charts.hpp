#pragma once
// Implements: charts as Vega specifications. Colours are numbers: the page puts the theme's palette in their
// place (scale "colour") and sets the width.

#include "reports/comparison.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace rraebench {

/// A line a run, failed runs dashed; logarithmic where all values are positive. Null without curves.
nlohmann::json training_chart(const Comparison& comparison);

/// Singular values of each run over the first of them, logarithmic. Null without any.
nlohmann::json singular_value_chart(const Comparison& comparison);

/// `values` as bars over the dimension's number. `largest` is the top of the axis.
nlohmann::json bar_chart(const Spectrum& spectrum, std::size_t colour, double largest,
                         const std::string& axis);

}  // namespace rraebench
