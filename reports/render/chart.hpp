#pragma once
// Implements: a chart as plain values, which svg.hpp draws.

#include <cstddef>
#include <string>
#include <vector>

namespace rraebench {

constexpr double kChartWidth = 480.0;  // Beside which Chart::height is.

struct ChartAxis {
  std::string title;
  bool logarithmic = false;
  bool from_zero = false;
  bool whole_numbers = false;
};

/// `style` gives colour, dash and marker, the same for a model in the whole report.
struct ChartLine {
  std::string name;
  std::size_t style = 0;
  std::vector<double> x;
  std::vector<double> y;
  bool markers = false;
  bool single = false;  // One run of a line's mean: only shown on demand.
  bool failed = false;  // Ends in a cross.
};

/// Between two lines over the same places.
struct ChartBand {
  std::size_t style = 0;
  std::vector<double> x;
  std::vector<double> low;
  std::vector<double> high;
};

/// A vertical stroke of a line's style.
struct ChartRange {
  std::size_t style = 0;
  double x = 0.0;
  double low = 0.0;
  double high = 0.0;
};

struct ChartBar {
  std::string name;
  std::size_t style = 0;
  double x = 0.0;
  double y = 0.0;
};

struct ChartPoint {
  std::string name;
  std::size_t style = 0;
  double x = 0.0;
  double y = 0.0;
};

struct Chart {
  ChartAxis x;
  ChartAxis y;
  double height = 280.0;
  double largest_y = 0.0;  // The axis reaches at least so far.
  std::vector<ChartBand> bands;
  std::vector<ChartBar> bars;
  std::vector<ChartRange> ranges;
  std::vector<ChartLine> lines;
  std::vector<ChartPoint> points;
};

}  // namespace rraebench
