#include "reports/render/curve_panels.hpp"

#include "reports/render/pgfplots.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rraebench {
namespace {

constexpr double kPanelWidth = 128.0;  // Of a panel.
constexpr double kPanelHeight = 80.0;
constexpr double kMargin = 4.0;  // Above and below the first layer's range.
constexpr double kPanelGap = 6.0;
constexpr double kFlat = 0.2;  // Points this near to the line between others are left out.
constexpr int kMostPanels = 1000;
constexpr std::size_t kMostPoints = 10'000;
constexpr double kLargest = 1e300;  // Differences of two stay finite.

struct Point {
  double x;
  double y;
};

double distance_to_line(const Point& point, const Point& from, const Point& to) {
  const double length = std::hypot(to.x - from.x, to.y - from.y);
  if (length == 0.0) return std::hypot(point.x - from.x, point.y - from.y);
  return std::abs((to.x - from.x) * (from.y - point.y) - (from.x - point.x) * (to.y - from.y)) / length;
}

/// Douglas and Peucker 1973: of points first ... last, marks those between that are kept.
void mark_bends(const std::vector<Point>& points, std::size_t first, std::size_t last,
                std::vector<bool>& kept) {
  std::size_t farthest = first;
  double distance = kFlat;
  for (auto i = first + 1; i < last; ++i)
    if (const double here = distance_to_line(points[i], points[first], points[last]); here > distance) {
      farthest = i;
      distance = here;
    }
  if (farthest == first) return;
  kept[farthest] = true;
  mark_bends(points, first, farthest, kept);
  mark_bends(points, farthest, last, kept);
}

using Stroke = std::vector<Point>;

/// The bends alone.
Stroke simplified(const Stroke& points) {
  std::vector<bool> kept(points.size(), false);
  kept.front() = kept.back() = true;
  mark_bends(points, 0, points.size() - 1, kept);
  Stroke bends;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (kept[i]) bends.push_back(points[i]);
  return bends;
}

/// A row in a panel whose left upper corner is at `corner`, on the values from `low` to `high`; broken where
/// it is not a number.
std::vector<Stroke> strokes_of(const std::vector<double>& row, const Point& corner, double low, double high) {
  const double span = high > low ? high - low : 1.0;
  std::vector<Stroke> strokes;
  Stroke stroke;
  const auto end_stroke = [&] {
    if (!stroke.empty()) strokes.push_back(simplified(stroke));
    stroke.clear();
  };
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (!std::isfinite(row[i])) {
      end_stroke();
      continue;
    }
    const double place = row.size() > 1 ? static_cast<double>(i) / static_cast<double>(row.size() - 1) : 0.5;
    // What leaves the panel is cut at its edge.
    const double y =
        std::clamp(kMargin + (high - row[i]) / span * (kPanelHeight - 2 * kMargin), 0.0, kPanelHeight);
    stroke.push_back({corner.x + place * kPanelWidth, corner.y + y});
  }
  end_stroke();
  return strokes;
}

std::pair<double, double> range_of(const std::vector<double>& row) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double value : row)
    if (std::isfinite(value)) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  return low <= high ? std::pair(low, high) : std::pair(0.0, 1.0);
}

/// One row of a layer.
struct PanelCurve {
  bool below = false;  // The first of several layers.
  std::vector<Stroke> strokes;
};

struct Panels {
  double width = 0.0;
  double height = 0.0;
  std::vector<PanelCurve> curves;  // By layers, the lowest first.
};

Panels lay_out(const ImageRecord& image) {
  const int columns = std::clamp(image.width, 1, kMostPanels);
  const int rows = std::clamp(image.height, 1, kMostPanels / columns + 1);
  const auto place = [&](std::size_t panel) {
    const auto number = static_cast<int>(panel);
    const int row = number / columns;
    return Point{number % columns * (kPanelWidth + kPanelGap), row * (kPanelHeight + kPanelGap)};
  };
  Panels panels{
      columns * (kPanelWidth + kPanelGap) - kPanelGap, rows * (kPanelHeight + kPanelGap) - kPanelGap, {}};
  const auto layers = parse_curves(image.content);
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    const auto count =
        std::min(layers[layer].size(), static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
    for (std::size_t panel = 0; panel < count; ++panel) {
      const auto& ground = panel < layers.front().size() ? layers.front()[panel] : layers[layer][panel];
      const auto [low, high] = range_of(ground);
      panels.curves.push_back(
          {layer == 0 && layers.size() > 1, strokes_of(layers[layer][panel], place(panel), low, high)});
    }
  }
  return panels;
}

std::string svg_path(const std::vector<Stroke>& strokes) {
  std::string path;
  for (const auto& stroke : strokes)
    for (std::size_t i = 0; i < stroke.size(); ++i)
      path += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", stroke[i].x, stroke[i].y);
  return path;
}

}  // namespace

PictureCurves parse_curves(const std::string& json) {
  const auto layers = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  PictureCurves curves;
  if (!layers.is_array()) return {};
  for (const auto& layer : layers) {
    auto& panels = curves.emplace_back();
    if (!layer.is_array()) return {};
    for (const auto& row : layer) {
      auto& points = panels.emplace_back();
      if (!row.is_array() || row.size() > kMostPoints) return {};
      for (const auto& value : row)
        points.push_back(value.is_number() ? std::clamp(value.get<double>(), -kLargest, kLargest)
                                           : std::numeric_limits<double>::quiet_NaN());
    }
  }
  return curves;
}

std::string render_curve_panels(const ImageRecord& image, const SvgOptions& options) {
  const auto panels = lay_out(image);
  auto svg = open_svg(panels.width, panels.height, options);
  const std::string grey = options.standalone ? "#c6ccd5" : "var(--line-strong)";
  for (std::size_t i = 0; i < panels.curves.size(); ++i) {
    const auto& curve = panels.curves[i];
    if (i == 0 || curve.below != panels.curves[i - 1].below)
      svg += fmt::format("{}<g fill=\"none\" stroke-width=\"{}\" stroke=\"{}\">", i == 0 ? "" : "</g>",
                         curve.below ? 3.0 : 1.3, curve.below ? grey : series_paint(0, options.standalone));
    svg += fmt::format("<path d=\"{}\"/>", svg_path(curve.strokes));
  }
  if (!panels.curves.empty()) svg += "</g>";
  return svg + "</svg>";
}

std::string render_curve_panels_tikz(const ImageRecord& image) {
  const auto panels = lay_out(image);
  auto latex =
      tikz_definitions({0}) +
      fmt::format("\\begin{{tikzpicture}}[x={{\\chartwidth/{0:.1f}}}, y={{-\\chartwidth/{0:.1f}}}]\n",
                  panels.width);
  for (const auto& curve : panels.curves)
    for (const auto& stroke : curve.strokes) {
      latex += curve.below ? "\\draw[black!25, line width=1.2pt] " : "\\draw[series0, line width=0.5pt] ";
      for (std::size_t i = 0; i < stroke.size(); ++i)
        latex += fmt::format("{}({:.1f},{:.1f})", i == 0 ? "" : "--", stroke[i].x, stroke[i].y);
      latex += ";\n";
    }
  return latex + "\\end{tikzpicture}\n";
}

}  // namespace rraebench
