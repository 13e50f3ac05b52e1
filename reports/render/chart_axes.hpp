#pragma once
// Implements: what a chart's axes reach over, and where their ticks stand.

#include "reports/render/chart.hpp"

#include <limits>
#include <string>
#include <vector>

namespace rraebench {

/// From the lowest to the highest of the values that it was given.
struct Span {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void add(double value);
  bool empty() const { return !(low <= high); }
};

Span horizontal_span(const Chart& chart);
Span vertical_span(const Chart& chart);

/// Less is better read on a linear axis; from it on a logarithmic one has two ticks or more.
bool spans_a_decade(const Span& span);

/// At most eleven round numbers within the span, which is neither empty nor a point: steps of 1, 2 or 5; of
/// a logarithmic axis powers of ten, and where there are few of them 2 and 5 between.
std::vector<double> axis_ticks(const ChartAxis& axis, const Span& span);

/// "0.05", "5e5", "−2"
std::string tick_text(double value);

}  // namespace rraebench
