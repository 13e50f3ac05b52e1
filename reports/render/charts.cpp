#include "reports/render/charts.hpp"

#include "reports/analysis/decimate.hpp"
#include "reports/render/chart_axes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace rraebench {
namespace {

constexpr std::size_t kSpectrumPoints = 160;
constexpr std::size_t kPointsWithMarkers = 64;
constexpr double kSmallestRatio = 1e-9;  // Below, singular values of float32 matrices are rounding errors.
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string run_name(const Comparison& comparison, std::size_t label, std::int64_t seed, RunStatus status) {
  auto name = fmt::format("{} · seed {}", comparison.labels[label].label, seed);
  if (status != RunStatus::kOk) name += fmt::format(" ({})", run_status_name(status));
  return name;
}

/// At x by a straight line between neighbours; nothing outside.
std::optional<double> value_at(const ChartLine& line, double x) {
  const auto after = std::lower_bound(line.x.begin(), line.x.end(), x);
  if (after == line.x.end()) return std::nullopt;
  const auto i = static_cast<std::size_t>(after - line.x.begin());
  if (*after == x) return line.y[i];
  if (i == 0) return std::nullopt;
  const double share = (x - line.x[i - 1]) / (line.x[i] - line.x[i - 1]);
  return line.y[i - 1] + share * (line.y[i] - line.y[i - 1]);
}

/// Adds a model's runs: the only one as its line; of several the mean where all have values, the band around
/// it, and the runs themselves on demand.
void add_runs(Chart& chart, const std::string& label, std::size_t style, std::vector<ChartLine> runs,
              bool markers) {
  if (runs.empty()) return;
  if (runs.size() == 1) {
    runs.front().markers = markers;
    chart.lines.push_back(std::move(runs.front()));
    return;
  }
  ChartLine mean;
  mean.name = fmt::format("{} · mean of {} seeds", label, runs.size());
  mean.style = style;
  mean.markers = markers;
  ChartBand band;
  band.style = style;
  std::set<double> places;
  for (const auto& run : runs) places.insert(run.x.begin(), run.x.end());
  constexpr std::size_t kMostPlaces = 200;
  std::size_t skip = places.size() / kMostPlaces + 1;
  std::size_t number = 0;
  for (const double x : places) {
    if (number++ % skip != 0 && number != places.size()) continue;
    double sum = 0.0;
    double low = kInfinity;
    double high = -kInfinity;
    std::size_t count = 0;
    for (const auto& run : runs) {
      const auto value = value_at(run, x);
      if (!value) continue;
      ++count;
      sum += *value;
      low = std::min(low, *value);
      high = std::max(high, *value);
    }
    if (count != runs.size()) continue;
    mean.x.push_back(x);
    mean.y.push_back(sum / static_cast<double>(count));
    band.x.push_back(x);
    band.low.push_back(low);
    band.high.push_back(high);
  }
  chart.bands.push_back(std::move(band));
  for (auto& run : runs) {
    run.single = true;
    chart.lines.push_back(std::move(run));
  }
  chart.lines.push_back(std::move(mean));
}

bool all_positive(const Chart& chart) {
  return std::all_of(chart.lines.begin(), chart.lines.end(), [](const ChartLine& line) {
    return std::all_of(line.y.begin(), line.y.end(), [](double y) { return y > 0.0; });
  });
}

}  // namespace

std::optional<Chart> training_chart(const Comparison& comparison) {
  Chart chart;
  std::set<std::string> series;
  for (std::size_t label = 0; label < comparison.labels.size(); ++label) {
    std::vector<ChartLine> ok;
    for (const auto& curve : comparison.curves) {
      if (curve.label != label || curve.values.empty()) continue;
      ChartLine line;
      line.name = run_name(comparison, label, curve.seed, curve.status);
      line.style = comparison.labels[label].colour;
      line.x.assign(curve.steps.begin(), curve.steps.end());
      line.y = curve.values;
      line.failed = curve.status != RunStatus::kOk && !curve.unfinished;
      line.single = curve.unfinished;
      series.insert(curve.series);
      if (curve.status != RunStatus::kOk)
        chart.lines.push_back(std::move(line));
      else
        ok.push_back(std::move(line));
    }
    add_runs(chart, comparison.labels[label].label, comparison.labels[label].colour, std::move(ok), false);
  }
  if (chart.lines.empty()) return std::nullopt;
  chart.x = {"training step", false, false, true};
  chart.y.title = series.size() == 1 ? *series.begin() + (*series.begin() == "loss" ? "" : " loss") : "loss";
  chart.y.logarithmic = all_positive(chart) && spans_a_decade(vertical_span(chart));
  return chart;
}

std::optional<Chart> singular_value_chart(const Comparison& comparison) {
  Chart chart;
  bool markers = true;
  std::map<std::size_t, std::vector<ChartLine>> runs;
  for (const auto& spectrum : comparison.spectra) {
    if (spectrum.name != "singular_values" || spectrum.values.empty() || !(spectrum.values.front() > 0.0))
      continue;
    ChartLine line;
    line.name = run_name(comparison, spectrum.label, spectrum.seed, RunStatus::kOk);
    line.style = comparison.labels[spectrum.label].colour;
    for (const auto index : decimate_geometric(spectrum.values.size(), kSpectrumPoints)) {
      const double ratio = spectrum.values[index] / spectrum.values.front();
      if (!(ratio >= kSmallestRatio)) continue;
      line.x.push_back(static_cast<double>(index + 1));
      line.y.push_back(ratio);
    }
    markers = markers && line.x.size() <= kPointsWithMarkers;
    runs[spectrum.label].push_back(std::move(line));
  }
  if (runs.empty()) return std::nullopt;
  for (auto& [label, lines] : runs)
    add_runs(chart, comparison.labels[label].label, comparison.labels[label].colour, std::move(lines),
             markers);
  chart.x = {"singular value number", false, false, true};
  chart.y = {"σ / σ₁", true, false, false};
  return chart;
}

ChartAxis sweep_axis(const std::string& option, double smallest, double largest) {
  return {option, spans_a_decade({smallest, largest}), false, false};
}

std::optional<Chart> sweep_chart(const Sweep& sweep, const MetricTable& table, std::size_t column,
                                 const std::string& axis) {
  Chart chart;
  chart.height = 250.0;
  double smallest = kInfinity;
  double largest = -kInfinity;
  for (const auto& swept : sweep.lines) {
    ChartLine line;
    line.name = swept.name;
    line.style = swept.colour;
    line.markers = true;
    for (const auto& point : swept.points) {
      const auto& summary = table.cells[point.label][column].summary;
      if (!has_mean(summary)) continue;
      line.x.push_back(point.value);
      line.y.push_back(summary.mean);
      chart.ranges.push_back({swept.colour, point.value, summary.minimum, summary.maximum});
      smallest = std::min(smallest, point.value);
      largest = std::max(largest, point.value);
    }
    if (line.x.size() >= 2) chart.lines.push_back(std::move(line));
  }
  if (chart.lines.empty()) return std::nullopt;
  chart.x = sweep_axis(sweep.option, smallest, largest);
  chart.y = {axis, false, true, false};
  return chart;
}

Chart bar_chart(const Spectrum& spectrum, std::size_t style, double largest, const std::string& axis) {
  Chart chart;
  chart.height = 170.0;
  const auto drawn = std::min(spectrum.values.size(), kMostBars);
  const bool all = drawn == spectrum.values.size();
  chart.x = {all ? "dimension" : fmt::format("dimension, the first {} of {}", drawn, spectrum.values.size()),
             false, false, true};
  chart.y = {axis, false, true, false};
  chart.largest_y = largest;
  for (std::size_t i = 0; i < drawn; ++i)
    chart.bars.push_back({fmt::format("dimension {}: {:.4g}", i + 1, spectrum.values[i]), style,
                          static_cast<double>(i + 1), spectrum.values[i]});
  return chart;
}

std::optional<Chart> trade_chart(const Comparison& comparison, const MetricTable& across,
                                 std::size_t across_column, const ChartAxis& x, const MetricTable& up,
                                 std::size_t up_column, const ChartAxis& y) {
  Chart chart;
  chart.height = 250.0;
  chart.x = x;
  chart.y = y;
  for (std::size_t label = 0; label < comparison.labels.size(); ++label) {
    const auto& left = across.cells[label][across_column].summary;
    const auto& right = up.cells[label][up_column].summary;
    if (!has_mean(left) || !has_mean(right)) continue;
    if (x.logarithmic && !(left.mean > 0.0)) continue;
    chart.points.push_back(
        {fmt::format("{}: {:.4g}, {:.4g}", comparison.labels[label].label, left.mean, right.mean),
         comparison.labels[label].colour, left.mean, right.mean});
    chart.ranges.push_back({comparison.labels[label].colour, left.mean, right.minimum, right.maximum});
  }
  if (chart.points.size() < 2) return std::nullopt;
  chart.x.logarithmic = x.logarithmic && spans_a_decade(horizontal_span(chart));
  return chart;
}

}  // namespace rraebench
