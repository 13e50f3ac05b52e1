#include "reports/render/pgfplots.hpp"

#include "reports/render/chart_axes.hpp"
#include "reports/render/svg.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace rraebench {
namespace {

constexpr double kLowest = 0.5;  // Height over width: labels of a line do not shrink with a chart.

/// As svg.cpp's: the same for a model in a page and in a paper.
constexpr std::array<const char*, kDashStyles> kTikzDashes = {"solid", "dash pattern=on 5pt off 2pt",
                                                              "dash pattern=on 1.5pt off 2pt",
                                                              "dash pattern=on 6pt off 2pt on 1.5pt off 2pt"};
constexpr std::array<const char*, kMarkers> kTikzMarkers = {
    "mark=*",
    "mark=square*",
    "mark=triangle*",
    "mark=diamond*",
    "mark=triangle*, mark options={rotate=180, solid}",
    "mark=pentagon*",
    "mark=star"};

std::string tikz_colour(std::size_t style) {
  return fmt::format("series{}", style % kPaletteSize);
}

std::string tikz_dash(std::size_t style) {
  return kTikzDashes[series_dash(style)];
}

std::string tikz_marker(std::size_t style) {
  return fmt::format("{}, mark size=1.6pt", kTikzMarkers[style % kMarkers]);
}

std::set<std::size_t> styles_of(const Chart& chart, const std::vector<KeyEntry>& key) {
  std::set<std::size_t> styles;
  for (const auto& entry : key) styles.insert(entry.style);
  for (const auto& band : chart.bands) styles.insert(band.style);
  for (const auto& bar : chart.bars) styles.insert(bar.style);
  for (const auto& range : chart.ranges) styles.insert(range.style);
  for (const auto& line : chart.lines) styles.insert(line.style);
  for (const auto& point : chart.points) styles.insert(point.style);
  return styles;
}

bool shown(double value, const ChartAxis& axis) {
  return std::isfinite(value) && (!axis.logarithmic || value > 0.0);
}

/// "(1,2) (3,4)": the points that the axes can show.
std::string coordinates(const Chart& chart, const std::vector<double>& x, const std::vector<double>& y) {
  std::string text;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (shown(x[i], chart.x) && shown(y[i], chart.y))
      text += fmt::format("{}({:.7g},{:.7g})", text.empty() ? "" : " ", x[i], y[i]);
  return text;
}

void add_plot(std::string& latex, const std::string& options, const std::string& points,
              const std::string& end = {}) {
  if (!points.empty())
    latex += fmt::format("\\addplot[{}, forget plot] coordinates {{{}}}{};\n", options, points, end);
}

void add_bars(std::string& latex, const Chart& chart) {
  std::set<std::size_t> styles;
  for (const auto& bar : chart.bars) styles.insert(bar.style);
  for (const auto style : styles) {
    std::vector<double> x;
    std::vector<double> y;
    for (const auto& bar : chart.bars)
      if (bar.style == style) {
        x.push_back(bar.x);
        y.push_back(bar.y);
      }
    add_plot(latex, fmt::format("ybar, bar width=0.8, bar shift=0pt, draw=none, fill={}", tikz_colour(style)),
             coordinates(chart, x, y));
  }
}

std::string plots(const Chart& chart) {
  std::string latex;
  for (const auto& band : chart.bands) {
    auto x = band.x;
    auto y = band.low;
    x.insert(x.end(), band.x.rbegin(), band.x.rend());
    y.insert(y.end(), band.high.rbegin(), band.high.rend());
    add_plot(latex, fmt::format("draw=none, fill={}, fill opacity=0.15", tikz_colour(band.style)),
             coordinates(chart, x, y), " -- cycle");
  }
  add_bars(latex, chart);
  for (const auto& range : chart.ranges)
    add_plot(latex, fmt::format("{}, opacity=0.6", tikz_colour(range.style)),
             coordinates(chart, {range.x, range.x}, {range.low, range.high}));
  for (const auto& line : chart.lines) {
    if (line.single || line.x.empty()) continue;
    add_plot(latex,
             fmt::format("{}, thick, {}, {}", tikz_colour(line.style), tikz_dash(line.style),
                         line.markers ? tikz_marker(line.style) : "no marks"),
             coordinates(chart, line.x, line.y));
    if (line.failed)
      add_plot(latex, fmt::format("{}, only marks, mark=x, mark size=3pt, thick", tikz_colour(line.style)),
               coordinates(chart, {line.x.back()}, {line.y.back()}));
  }
  for (const auto& point : chart.points)
    add_plot(latex, fmt::format("{}, only marks, {}", tikz_colour(point.style), tikz_marker(point.style)),
             coordinates(chart, {point.x}, {point.y}));
  return latex;
}

std::string legend(const Chart& chart, const std::vector<KeyEntry>& key) {
  const bool points = !chart.points.empty();
  const bool marks = points || std::any_of(chart.lines.begin(), chart.lines.end(),
                                           [](const ChartLine& line) { return line.markers; });
  std::string latex;
  for (const auto& entry : key)
    latex += fmt::format("\\addlegendimage{{{}, thick, {}, {}}}\n\\addlegendentry{{{}}}\n",
                         tikz_colour(entry.style), points ? "only marks" : tikz_dash(entry.style),
                         marks ? tikz_marker(entry.style) : "no marks", escape_latex(entry.name));
  return latex;
}

/// As a page's charts have them: pgfplots' own would stand between whole numbers, and be too few of a short
/// logarithmic axis.
std::string tick_options(const char* name, const ChartAxis& axis, Span span) {
  if (axis.from_zero && !axis.logarithmic) span.add(0.0);
  if (span.empty() || span.low == span.high) return {};
  const auto ticks = axis_ticks(axis, span);
  std::vector<std::string> places;
  std::vector<std::string> labels;
  bool decades = true;
  for (const double tick : ticks) {
    places.push_back(fmt::format("{:.7g}", tick));
    labels.push_back("{" + escape_latex(tick_text(tick)) + "}");
    decades = decades && axis.logarithmic && std::log10(tick) == std::round(std::log10(tick));
  }
  auto options = fmt::format(",\n  {}tick={{{}}}", name, fmt::join(places, ","));
  if (!axis.logarithmic || !decades)
    options += fmt::format(", {}ticklabels={{{}}}", name, fmt::join(labels, ","));
  return options;
}

std::string axis_options(const Chart& chart, const std::string& title) {
  auto options =
      fmt::format("width=\\chartwidth, height={{{:.3f}*\\chartwidth}},\n  xlabel={{{}}}, ylabel={{{}}}",
                  std::max(kLowest, chart.height / kChartWidth), escape_latex(chart.x.title),
                  escape_latex(chart.y.title));
  if (!title.empty())
    options += fmt::format(",\n  title={{{}}}, title style={{font=\\small}}", escape_latex(title));
  if (chart.x.logarithmic) options += ", xmode=log";
  if (chart.y.logarithmic) options += ", ymode=log";
  if (chart.y.from_zero && !chart.y.logarithmic) options += ", ymin=0";
  if (chart.largest_y > 0.0) options += fmt::format(", ymax={:.7g}", 1.05 * chart.largest_y);
  options +=
      tick_options("x", chart.x, horizontal_span(chart)) + tick_options("y", chart.y, vertical_span(chart));
  // Behind the lines, which take margins away.
  std::string margins;
  if (!chart.points.empty()) margins += ", enlargelimits=0.08, clip mode=individual";
  if (!chart.bars.empty()) margins += ", enlarge x limits={abs=0.6}";
  return options +
         ",\n  axis lines=left, axis line style={-}, ymajorgrids, grid style={black!10}, scaled ticks=false,"
         "\n  tick label style={font=\\footnotesize, /pgf/number format/1000 sep={}},"
         "\n  label style={font=\\small},"
         "\n  legend style={at={(0.5,-0.25)}, anchor=north, legend columns=2, draw=none, font=\\footnotesize,"
         "\n    cells={anchor=west}}" +
         margins;
}

}  // namespace

std::string tikz_definitions(const std::set<std::size_t>& styles) {
  std::set<std::size_t> colours;
  for (const auto style : styles) colours.insert(style % kPaletteSize);
  std::string latex = kChartWidthCommand;
  for (const auto index : colours)
    latex +=
        fmt::format("\\providecolor{{{}}}{{HTML}}{{{}}}\n", tikz_colour(index), series_colour(index) + 1);
  return latex;
}

std::string render_pgfplots(const Chart& chart, const std::vector<KeyEntry>& key, const std::string& title) {
  return fmt::format(
      "{}\\begin{{tikzpicture}}\n\\begin{{axis}}[\n  {}]\n{}{}\\end{{axis}}\n\\end{{tikzpicture}}\n",
      tikz_definitions(styles_of(chart, key)), axis_options(chart, title), plots(chart), legend(chart, key));
}

std::string render_ranks_pgfplots(const Ranking& ranking) {
  const double half = ranking.critical_difference.value_or(0.0) / 2.0;
  std::set<std::size_t> styles;
  std::vector<std::size_t> places;
  std::vector<std::string> labels;
  std::string latex;
  for (const auto& [label, style, rank] : ranking.models) {
    styles.insert(style);
    labels.push_back("{" + escape_latex(label) + "}");
    places.push_back(labels.size());
    add_plot(latex, fmt::format("{}, line width=2.4pt, opacity=0.45, no marks", tikz_colour(style)),
             fmt::format("({0:.4f},{2}) ({1:.4f},{2})", rank - half, rank + half, places.back()));
    add_plot(latex, fmt::format("{}, only marks, mark=*", tikz_colour(style)),
             fmt::format("({:.4f},{})", rank, places.back()));
  }
  return fmt::format(
      "{}\\begin{{tikzpicture}}\n\\begin{{axis}}[\n  width=\\chartwidth, height={:.1f}cm,\n"
      "  xlabel={{mean rank, 1 is best}}, xtick distance=1, xmajorgrids, grid style={{black!10}},\n"
      "  axis lines=left, axis line style={{-}}, y dir=reverse, ymin=0.5, ymax={}.5,\n"
      "  ytick={{{}}}, yticklabels={{{}}}, xticklabel pos=lower, axis x line*=top,\n"
      "  tick label style={{font=\\footnotesize}}, label style={{font=\\small}}]\n"
      "{}\\end{{axis}}\n\\end{{tikzpicture}}\n",
      tikz_definitions(styles), 1.8 + 0.6 * static_cast<double>(labels.size()), labels.size(),
      fmt::join(places, ","), fmt::join(labels, ","), latex);
}

}  // namespace rraebench
