#include "reports/render/chart_axes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rraebench {
namespace {

constexpr double kSlack = 1e-9;  // Of a tick at the span's end.

std::vector<double> linear_ticks(const Span& span, bool whole) {
  constexpr double kSteps = 5.0;
  const double rough = (span.high - span.low) / kSteps;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = power;
  for (const double factor : {1.0, 2.0, 5.0, 10.0})
    if (factor * power >= rough) {
      step = factor * power;
      break;
    }
  if (whole) step = std::max(1.0, step);
  const double first = std::ceil(span.low / step - kSlack);
  const double last = std::floor(span.high / step + kSlack);
  // By a count: where `first` is that large, one more is the same number.
  const auto count = static_cast<int>(std::min(last - first, 2.0 * kSteps)) + 1;
  std::vector<double> ticks;
  for (int k = 0; k < count; ++k) ticks.push_back((first + k) * step);
  return ticks;
}

std::vector<double> logarithmic_ticks(const Span& span) {
  constexpr int kMost = 8;
  constexpr std::size_t kFewest = 3;
  const double low = std::log10(span.low);
  const double high = std::log10(span.high);
  const int first = static_cast<int>(std::ceil(low - kSlack));
  const int last = static_cast<int>(std::floor(high + kSlack));
  const int step = std::max(1, (last - first) / kMost + 1);
  std::vector<double> ticks;
  for (int power = first; power <= last; power += step) ticks.push_back(std::pow(10.0, power));
  if (ticks.size() >= kFewest) return ticks;
  ticks.clear();
  for (int power = static_cast<int>(std::floor(low)); power <= last; ++power)
    for (const double digit : {1.0, 2.0, 5.0}) {
      const double value = digit * std::pow(10.0, power);
      if (std::log10(value) >= low - kSlack && std::log10(value) <= high + kSlack) ticks.push_back(value);
    }
  return ticks;
}

}  // namespace

void Span::add(double value) {
  low = std::min(low, value);
  high = std::max(high, value);
}

Span horizontal_span(const Chart& chart) {
  Span span;
  for (const auto& line : chart.lines)
    for (const double x : line.x) span.add(x);
  for (const auto& bar : chart.bars) {
    span.add(bar.x - 0.6);
    span.add(bar.x + 0.6);
  }
  for (const auto& range : chart.ranges) span.add(range.x);
  for (const auto& point : chart.points) span.add(point.x);
  return span;
}

Span vertical_span(const Chart& chart) {
  Span span;
  for (const auto& line : chart.lines)
    for (const double y : line.y) span.add(y);
  for (const auto& bar : chart.bars) span.add(bar.y);
  for (const auto& range : chart.ranges) {
    span.add(range.low);
    span.add(range.high);
  }
  for (const auto& point : chart.points) span.add(point.y);
  if (chart.largest_y > 0.0) span.add(chart.largest_y);
  return span;
}

bool spans_a_decade(const Span& span) {
  constexpr double kDecade = 10.0 * (1.0 - kSlack);
  return span.low > 0.0 && span.high >= kDecade * span.low;
}

std::vector<double> axis_ticks(const ChartAxis& axis, const Span& span) {
  return axis.logarithmic ? logarithmic_ticks(span) : linear_ticks(span, axis.whole_numbers);
}

std::string tick_text(double value) {
  constexpr double kPlain = 1e6;
  const bool plain = std::abs(value) < kPlain && value == std::floor(value);
  auto text = plain ? fmt::format("{:.0f}", value + 0.0)
                    : fmt::format("{:.4g}", std::abs(value) < 1e-12 ? 0.0 : value);
  if (const auto zero = text.find("e-0"); zero != std::string::npos) text.erase(zero + 2, 1);
  if (const auto zero = text.find("e+0"); zero != std::string::npos) text.erase(zero + 1, 2);
  if (text.front() == '-') text.replace(0, 1, "−");
  return text;
}

}  // namespace rraebench
