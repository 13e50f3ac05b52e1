#include "reports/render/charts.hpp"

#include "reports/analysis/decimate.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

namespace rraebench {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kSpectrumPoints = 160;
constexpr std::size_t kPointsWithSymbols = 64;
constexpr double kSmallestRatio = 1e-9;  // Below, singular values of float32 matrices are rounding errors.
constexpr std::size_t kMostBars = 512;

// Five digits are more than a chart shows and keep the page small.
double rounded(double value) {
  return std::stod(fmt::format("{:.5g}", value));
}

Json colour_scale(const Comparison& comparison) {
  Json domain = Json::array();
  Json range = Json::array();
  for (const auto& label : comparison.labels) {
    domain.push_back(printable(label.label));
    range.push_back(label.colour);
  }
  return {{"name", "colour"}, {"type", "ordinal"}, {"domain", domain}, {"range", range}};
}

Json frame(int height) {
  return {{"width", 480},          {"height", height},
          {"padding", 4},          {"autosize", {{"type", "fit"}, {"contains", "padding"}}},
          {"data", Json::array()}, {"scales", Json::array()},
          {"axes", Json::array()}, {"marks", Json::array()}};
}

Json bottom_axis(const char* title) {
  return {{"orient", "bottom"},   {"scale", "x"},       {"title", title},
          {"format", ",d"},       {"grid", false},      {"tickCount", 6},
          {"labelOverlap", true}, {"labelFlush", true}, {"tickMinStep", 1}};
}

Json left_axis(const std::string& title) {
  return {{"orient", "left"}, {"scale", "y"},   {"title", title},
          {"grid", true},     {"tickCount", 5}, {"labelOverlap", true}};
}

// Ticks at powers of ten, at most eight of them, where the values span two or more: Vega's own would draw all
// nine lines of each decade.
Json logarithmic_axis(const std::string& title, double smallest, double largest) {
  auto axis = left_axis(title);
  axis["format"] = "~g";
  const int low = static_cast<int>(std::floor(std::log10(smallest)));
  const int high = static_cast<int>(std::ceil(std::log10(largest)));
  if (high - low < 2) return axis;
  constexpr int kMostTicks = 8;
  const int step = (high - low) / kMostTicks + 1;
  axis["values"] = Json::array();
  for (int exponent = low; exponent <= high; exponent += step)
    axis["values"].push_back(std::pow(10.0, exponent));
  return axis;
}

struct Range {
  double smallest = std::numeric_limits<double>::infinity();
  double largest = -std::numeric_limits<double>::infinity();

  void add(double value) {
    smallest = std::min(smallest, value);
    largest = std::max(largest, value);
  }
};

Json run_lines(const std::string& data, bool symbols) {
  const Json x = {{"scale", "x"}, {"field", "x"}};
  const Json y = {{"scale", "y"}, {"field", "y"}};
  const Json colour = {{"scale", "colour"}, {"field", "label"}};
  const Json tooltip = {{"signal", "datum.run"}};
  Json marks = Json::array();
  marks.push_back({{"type", "line"},
                   {"from", {{"data", "one_run"}}},
                   {"encode",
                    {{"enter",
                      {{"x", x},
                       {"y", y},
                       {"stroke", colour},
                       {"strokeWidth", {{"value", 1.5}}},
                       {"strokeOpacity", {{"value", 0.9}}},
                       {"strokeJoin", {{"value", "round"}}},
                       {"strokeDash", {{"field", "dash"}}},
                       {"tooltip", tooltip}}}}}});
  if (symbols)
    marks.push_back(
        {{"type", "symbol"},
         {"from", {{"data", "one_run"}}},
         {"encode",
          {{"enter",
            {{"x", x}, {"y", y}, {"fill", colour}, {"size", {{"value", 26}}}, {"tooltip", tooltip}}}}}});
  return {{"type", "group"},
          {"from", {{"facet", {{"name", "one_run"}, {"data", data}, {"groupby", "run"}}}}},
          {"marks", marks}};
}

Json run_values(const Comparison& comparison, std::size_t label, std::int64_t seed, RunStatus status) {
  const auto name = printable(comparison.labels[label].label);
  auto run = fmt::format("{} · seed {}", name, seed);
  if (status != RunStatus::kOk) run += fmt::format(" ({})", run_status_name(status));
  return {{"label", name},
          {"run", run},
          {"dash", status == RunStatus::kOk ? Json::array({1, 0}) : Json::array({5, 4})},
          {"x", Json::array()},
          {"y", Json::array()}};
}

Json flattened(Json runs) {
  return {{"name", "runs"},
          {"values", std::move(runs)},
          {"transform", Json::array({{{"type", "flatten"}, {"fields", {"x", "y"}}}})}};
}

Json scale(const char* name, bool logarithmic, const char* range) {
  Json result = {{"name", name},
                 {"type", logarithmic ? "log" : "linear"},
                 {"domain", {{"data", "runs"}, {"field", name}}},
                 {"range", range},
                 {"nice", true}};
  if (!logarithmic) result["zero"] = false;
  return result;
}

}  // namespace

Json training_chart(const Comparison& comparison) {
  Range range;
  std::set<std::string> series;
  Json runs = Json::array();
  for (const auto& curve : comparison.curves) {
    if (curve.values.empty()) continue;
    auto run = run_values(comparison, curve.label, curve.seed, curve.status);
    for (std::size_t i = 0; i < curve.values.size(); ++i) {
      range.add(curve.values[i]);
      run["x"].push_back(curve.steps[i]);
      run["y"].push_back(rounded(curve.values[i]));
    }
    series.insert(curve.series);
    runs.push_back(std::move(run));
  }
  if (runs.empty()) return nullptr;
  const bool positive = range.smallest > 0.0;
  auto spec = frame(280);
  spec["data"].push_back(flattened(std::move(runs)));
  auto x = scale("x", false, "width");
  x["nice"] = false;
  spec["scales"] = {std::move(x), scale("y", positive, "height"), colour_scale(comparison)};
  const auto title = series.size() == 1 ? printable(*series.begin()) : std::string("loss");
  spec["axes"] = {bottom_axis("training step"),
                  positive ? logarithmic_axis(title, range.smallest, range.largest) : left_axis(title)};
  spec["marks"].push_back(run_lines("runs", false));
  return spec;
}

Json singular_value_chart(const Comparison& comparison) {
  bool symbols = true;
  Range range;
  Json runs = Json::array();
  for (const auto& spectrum : comparison.spectra) {
    if (spectrum.name != "singular_values" || spectrum.values.empty() || !(spectrum.values.front() > 0.0))
      continue;
    auto run = run_values(comparison, spectrum.label, spectrum.seed, RunStatus::kOk);
    for (const auto index : decimate_geometric(spectrum.values.size(), kSpectrumPoints)) {
      const double ratio = spectrum.values[index] / spectrum.values.front();
      if (!(ratio >= kSmallestRatio)) continue;
      range.add(ratio);
      run["x"].push_back(index + 1);
      run["y"].push_back(rounded(ratio));
    }
    symbols = symbols && run["x"].size() <= kPointsWithSymbols;
    runs.push_back(std::move(run));
  }
  if (runs.empty()) return nullptr;
  auto spec = frame(280);
  spec["data"].push_back(flattened(std::move(runs)));
  auto x = scale("x", false, "width");
  x["nice"] = false;
  spec["scales"] = {std::move(x), scale("y", true, "height"), colour_scale(comparison)};
  spec["axes"] = {bottom_axis("singular value number"),
                  logarithmic_axis("σ / σ₁", range.smallest, range.largest)};
  spec["marks"].push_back(run_lines("runs", symbols));
  return spec;
}

Json sweep_chart(const Comparison& comparison, const Sweep& sweep, const MetricTable& table,
                 std::size_t column, const std::string& axis) {
  Range option;
  Json lines = Json::array();
  Json bars = Json::array();
  Json domain = Json::array();
  Json colours = Json::array();
  for (const auto& line : sweep.lines) {
    const auto name = printable(line.name);
    Json run = {{"label", name},
                {"run", name},
                {"dash", Json::array({1, 0})},
                {"x", Json::array()},
                {"y", Json::array()}};
    for (const auto& point : line.points) {
      const auto& cell = table.cells[point.label][column];
      if (cell.summary.count == 0) continue;
      option.add(point.value);
      run["x"].push_back(point.value);
      run["y"].push_back(rounded(cell.summary.mean));
      bars.push_back({{"label", name},
                      {"x", point.value},
                      {"low", rounded(cell.summary.minimum)},
                      {"high", rounded(cell.summary.maximum)},
                      {"run", fmt::format("{}: {:.4g}", printable(comparison.labels[point.label].label),
                                          cell.summary.mean)}});
    }
    if (run["x"].size() < 2) continue;
    lines.push_back(std::move(run));
    domain.push_back(name);
    colours.push_back(line.colour);
  }
  if (lines.empty()) return nullptr;
  const bool logarithmic = option.smallest > 0.0 && option.largest >= 10.0 * option.smallest;
  auto spec = frame(240);
  spec["data"].push_back(flattened(std::move(lines)));
  spec["data"].push_back({{"name", "bars"}, {"values", std::move(bars)}});
  auto x = scale("x", logarithmic, "width");
  x["nice"] = false;
  x["padding"] = 8;
  Json y = {
      {"name", "y"},       {"type", "linear"}, {"domain", {{"data", "bars"}, {"fields", {"low", "high"}}}},
      {"range", "height"}, {"nice", true},     {"zero", true}};
  const Json colour = {{"name", "colour"}, {"type", "ordinal"}, {"domain", domain}, {"range", colours}};
  spec["scales"] = {std::move(x), std::move(y), colour};
  auto bottom = bottom_axis("");
  bottom["title"] = printable(sweep.option);
  bottom["format"] = "~g";
  bottom.erase("tickMinStep");
  spec["axes"] = {std::move(bottom), left_axis(axis)};
  spec["marks"].push_back({{"type", "rule"},
                           {"from", {{"data", "bars"}}},
                           {"encode",
                            {{"enter",
                              {{"x", {{"scale", "x"}, {"field", "x"}}},
                               {"y", {{"scale", "y"}, {"field", "low"}}},
                               {"y2", {{"scale", "y"}, {"field", "high"}}},
                               {"stroke", {{"scale", "colour"}, {"field", "label"}}},
                               {"strokeOpacity", {{"value", 0.6}}},
                               {"tooltip", {{"signal", "datum.run"}}}}}}}});
  spec["marks"].push_back(run_lines("runs", true));
  return spec;
}

Json bar_chart(const Spectrum& spectrum, std::size_t colour, double largest, const std::string& axis) {
  Json values = Json::array();
  const auto count = std::min(spectrum.values.size(), kMostBars);
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = static_cast<double>(i + 1);
    values.push_back(
        {{"d", i + 1}, {"from", number - 0.4}, {"to", number + 0.4}, {"y", rounded(spectrum.values[i])}});
  }
  auto spec = frame(150);
  spec["data"].push_back({{"name", "bars"}, {"values", std::move(values)}});
  spec["scales"] = {{{"name", "x"},
                     {"type", "linear"},
                     {"domain", {0.4, static_cast<double>(count) + 0.6}},
                     {"zero", false},
                     {"nice", false},
                     {"range", "width"}},
                    {{"name", "y"},
                     {"type", "linear"},
                     {"domain", {0.0, largest > 0.0 ? largest : 1.0}},
                     {"nice", true},
                     {"range", "height"}},
                    {{"name", "colour"}, {"type", "ordinal"}, {"domain", {"bars"}}, {"range", {colour}}}};
  spec["axes"] = {bottom_axis("dimension"), left_axis(axis)};
  spec["marks"].push_back({{"type", "rect"},
                           {"from", {{"data", "bars"}}},
                           {"encode",
                            {{"enter",
                              {{"x", {{"scale", "x"}, {"field", "from"}}},
                               {"x2", {{"scale", "x"}, {"field", "to"}}},
                               {"y", {{"scale", "y"}, {"field", "y"}}},
                               {"y2", {{"scale", "y"}, {"value", 0}}},
                               {"fill", {{"scale", "colour"}, {"value", "bars"}}},
                               {"tooltip", {{"signal", "'dimension ' + datum.d + ': ' + datum.y"}}}}}}}});
  return spec;
}

}  // namespace rraebench
