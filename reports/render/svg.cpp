#include "reports/render/svg.hpp"

#include "reports/render/chart_axes.hpp"
#include "reports/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <sstream>

namespace rraebench {
namespace {

constexpr double kChartTop = 8.0;
constexpr double kChartRight = 12.0;
constexpr double kBottom = 40.0;
constexpr double kLegendLine = 16.0;
constexpr double kNoteLine = 14.0;

constexpr std::array<const char*, kPaletteSize> kColours = {"#0072b2", "#c85200", "#007a5a", "#a64d86",
                                                            "#9a6a00", "#1f8fbf", "#4d4d4d", "#8a3b12"};
constexpr std::array<const char*, kDashStyles> kDashes = {"", "7 3", "2 3", "9 3 2 3"};

std::string number(double value) {
  auto text = fmt::format("{:.1f}", value);
  if (text.size() > 2 && text.compare(text.size() - 2, 2, ".0") == 0) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

/// From values to places on the paper, with what the axis writes beside them.
class Scale {
 public:
  Scale(const ChartAxis& axis, Span span, double from, double to)
      : logarithmic_(axis.logarithmic), from_(from), to_(to) {
    if (span.empty()) span = {0.0, 1.0};
    if (axis.from_zero && !logarithmic_) span.add(0.0);
    if (span.low == span.high) {
      const double margin = span.low == 0.0 ? 1.0 : 0.1 * std::abs(span.low);
      span = {logarithmic_ ? span.low / 2.0 : span.low - margin,
              logarithmic_ ? span.high * 2.0 : span.high + margin};
    }
    low_ = logarithmic_ ? std::log10(span.low) : span.low;
    high_ = logarithmic_ ? std::log10(span.high) : span.high;
    ticks_ = axis_ticks(axis, span);
  }

  double operator()(double value) const {
    const double place = logarithmic_ ? std::log10(value) : value;
    return from_ + (place - low_) / (high_ - low_) * (to_ - from_);
  }
  const std::vector<double>& ticks() const { return ticks_; }

 private:
  bool logarithmic_;
  double from_;
  double to_;
  double low_ = 0.0;
  double high_ = 1.0;
  std::vector<double> ticks_;
};

std::string dash(std::size_t style) {
  const std::string pattern = kDashes[series_dash(style)];
  return pattern.empty() ? "" : " stroke-dasharray=\"" + pattern + "\"";
}

/// Around a point, about seven wide.
std::string marker(std::size_t style, double x, double y, const std::string& paint) {
  const auto path = [&](const char* shape) {
    return fmt::format("<path transform=\"translate({} {})\" d=\"{}\" {}/>", number(x), number(y), shape,
                       paint);
  };
  switch (style % kMarkers) {
    case 0:
      return fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"3\" {}/>", number(x), number(y), paint);
    case 1:
      return path("M-3-3h6v6h-6z");
    case 2:
      return path("M0-4L4 3H-4z");
    case 3:
      return path("M0-4L4 0 0 4-4 0z");
    case 4:
      return path("M0 4L-4-3H4z");
    case 5:
      return path("M-1-4h2v3h3v2h-3v3h-2v-3h-3v-2h3z");
    default:
      return path("M0-4L1-1 4-1 2 1 3 4 0 2-3 4-2 1-4-1-1-1z");
  }
}

std::string title(const std::string& text) {
  return text.empty() ? "" : "<title>" + escape_html(printable(text)) + "</title>";
}

struct Frame {
  Scale x;
  Scale y;
};

std::string path_of(const std::vector<double>& x, const std::vector<double>& y, const Frame& frame) {
  std::string path;
  for (std::size_t i = 0; i < x.size(); ++i)
    path += fmt::format("{}{} {}", i == 0 ? "M" : "L", number(frame.x(x[i])), number(frame.y(y[i])));
  return path;
}

/// Points and ranges keep off the frame.
Span with_margin(Span span, bool logarithmic, bool from_zero) {
  if (span.empty() || span.low == span.high) return span;
  constexpr double kShare = 0.04;
  if (logarithmic) {
    const double factor = std::pow(span.high / span.low, kShare);
    return {span.low / factor, span.high * factor};
  }
  const double margin = kShare * (span.high - span.low);
  return {from_zero ? span.low : span.low - margin, span.high + margin};
}

void add_axes(std::string& svg, const Chart& chart, const Frame& frame, double left, double bottom) {
  svg += "<g class=\"axes\">";
  for (const double tick : frame.y.ticks()) {
    const auto y = number(frame.y(tick));
    svg += fmt::format("<line class=\"grid\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>", number(left),
                       number(kChartWidth - kChartRight), y, y);
    svg += fmt::format("<text x=\"{}\" y=\"{}\" dy=\"0.32em\" text-anchor=\"end\">{}</text>",
                       number(left - 6), y, tick_text(tick));
  }
  svg += fmt::format("<line class=\"domain\" x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>", number(left),
                     number(kChartWidth - kChartRight), number(bottom), number(bottom));
  double used = -1.0;
  for (const double tick : frame.x.ticks()) {
    const auto text = tick_text(tick);
    const double half = 3.2 * static_cast<double>(text.size());
    const double x = frame.x(tick);
    if (x - half < used) continue;
    used = x + half + 4.0;
    const double anchored = std::clamp(x, half, kChartWidth - half);
    svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>", number(anchored),
                       number(bottom + 15), text);
  }
  svg += fmt::format("<text class=\"title\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                     number((left + kChartWidth - kChartRight) / 2), number(bottom + 32),
                     escape_html(printable(chart.x.title)));
  svg += fmt::format(
      "<text class=\"title\" transform=\"translate(11 {}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
      number((kChartTop + bottom) / 2), escape_html(printable(chart.y.title)));
  svg += "</g>";
}

void add_line(std::string& svg, const ChartLine& line, const Frame& frame, bool standalone) {
  const auto paint = series_paint(line.style, standalone);
  svg += fmt::format("<g{}>{}", line.single ? " class=\"single\"" : "", title(line.name));
  svg += fmt::format(
      "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\"{}{}/>",
      path_of(line.x, line.y, frame), paint, line.single ? "0.9" : "1.8",
      line.single ? " stroke-opacity=\"0.6\"" : "", line.single ? "" : dash(line.style));
  if (line.markers)
    for (std::size_t i = 0; i < line.x.size(); ++i)
      svg += marker(line.style, frame.x(line.x[i]), frame.y(line.y[i]), "fill=\"" + paint + "\"");
  if (line.failed)
    svg += fmt::format(
        "<path transform=\"translate({} {})\" d=\"M-4-4L4 4M-4 4L4-4\" stroke=\"{}\" stroke-width=\"2\"/>",
        number(frame.x(line.x.back())), number(frame.y(line.y.back())), paint);
  svg += "</g>";
}

void add_marks(std::string& svg, const Chart& chart, const Frame& frame, bool standalone, double bottom) {
  for (const auto& band : chart.bands) {
    auto x = band.x;
    auto y = band.low;
    for (std::size_t i = band.x.size(); i-- > 0;) {
      x.push_back(band.x[i]);
      y.push_back(band.high[i]);
    }
    svg += fmt::format("<path d=\"{}Z\" fill=\"{}\" fill-opacity=\"0.15\"/>", path_of(x, y, frame),
                       series_paint(band.style, standalone));
  }
  for (const auto& bar : chart.bars) {
    const double left = frame.x(bar.x - 0.4);
    const double top = std::min(frame.y(bar.y), bottom);
    svg += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\">{}</rect>",
                       number(left), number(top), number(std::max(0.5, frame.x(bar.x + 0.4) - left)),
                       number(bottom - top), series_paint(bar.style, standalone), title(bar.name));
  }
  for (const auto& range : chart.ranges)
    svg += fmt::format(
        "<line x1=\"{0}\" x2=\"{0}\" y1=\"{1}\" y2=\"{2}\" stroke=\"{3}\" stroke-opacity=\"0.6\"/>",
        number(frame.x(range.x)), number(frame.y(range.low)), number(frame.y(range.high)),
        series_paint(range.style, standalone));
  for (const auto& line : chart.lines)
    if (!line.x.empty() && !(standalone && line.single)) add_line(svg, line, frame, standalone);
  for (const auto& point : chart.points)
    svg += fmt::format("<g>{}{}</g>", title(point.name),
                       marker(point.style, frame.x(point.x), frame.y(point.y),
                              fmt::format("fill=\"{}\"", series_paint(point.style, standalone))));
}

std::string key(std::size_t style, double x, double y, bool standalone) {
  const auto paint = series_paint(style, standalone);
  return fmt::format("<line x1=\"{}\" x2=\"{}\" y1=\"{}\" y2=\"{}\" stroke=\"{}\" stroke-width=\"1.8\"{}/>",
                     number(x), number(x + 24), number(y), number(y), paint, dash(style)) +
         marker(style, x + 12, y, "fill=\"" + paint + "\"");
}

/// Of a file's note, as many words a line as fit its width.
std::vector<std::string> lines_of_note(const SvgOptions& options) {
  constexpr std::size_t kMostOfALine = 80;
  std::vector<std::string> lines;
  if (!options.standalone) return lines;
  std::istringstream words(printable(options.note, std::numeric_limits<std::size_t>::max()));
  for (std::string word; words >> word;) {
    if (lines.empty() || display_width(lines.back()) + 1 + display_width(word) > kMostOfALine)
      lines.push_back(word);
    else
      lines.back() += " " + word;
  }
  return lines;
}

}  // namespace

const char* series_colour(std::size_t style) {
  return kColours[style % kPaletteSize];
}

std::size_t series_dash(std::size_t style) {
  const std::size_t distinct = style % kStyles;
  return (distinct + distinct / kPaletteSize) % kDashStyles;
}

std::string series_paint(std::size_t style, bool standalone) {
  return standalone ? series_colour(style) : fmt::format("var(--series-{})", style % kPaletteSize);
}

std::string open_svg(double width, double height, const SvgOptions& options) {
  const bool standalone = options.standalone;
  auto svg = fmt::format(
      "<svg {}class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\"{}>",
      standalone ? "xmlns=\"http://www.w3.org/2000/svg\" " : "", number(width), number(height),
      escape_html(printable(options.description)),
      standalone ? fmt::format(" width=\"{}\" height=\"{}\"", number(width), number(height)) : "");
  if (standalone)
    svg +=
        "<style>text{font:11px sans-serif;fill:#444}.grid{stroke:#e2e2e2}.domain{stroke:#999}</style>"
        "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>";
  return svg;
}

double height_of_note(const SvgOptions& options) {
  return kNoteLine * static_cast<double>(lines_of_note(options).size());
}

std::string draw_note(const SvgOptions& options, double top) {
  std::string svg;
  for (const auto& line : lines_of_note(options)) {
    svg += fmt::format("<text x=\"20\" y=\"{}\" dy=\"0.32em\">{}</text>", number(top + kNoteLine / 2.0),
                       escape_html(line));
    top += kNoteLine;
  }
  return svg;
}

std::string render_svg(const Chart& chart, const SvgOptions& options) {
  const bool standalone = options.standalone;
  const double bottom = chart.height - kBottom;
  const bool keep_off = !chart.points.empty() || !chart.ranges.empty();
  auto across = horizontal_span(chart);
  auto up = vertical_span(chart);
  if (keep_off) {
    across = with_margin(across, chart.x.logarithmic, false);
    up = with_margin(up, chart.y.logarithmic, chart.y.from_zero);
  }
  // As much room to the left as the widest tick takes.
  const Scale y(chart.y, up, bottom, kChartTop);
  std::size_t widest = 1;
  for (const double tick : y.ticks()) widest = std::max(widest, display_width(tick_text(tick)));
  const double left = 30.0 + 6.2 * static_cast<double>(widest);
  const Frame frame = {Scale(chart.x, across, left, kChartWidth - kChartRight), y};

  const std::size_t rows = standalone ? (options.legend.size() + 1) / 2 : 0;
  const double below = chart.height + kLegendLine * static_cast<double>(rows);
  const double height = below + height_of_note(options);
  auto svg = open_svg(kChartWidth, height, options);
  add_axes(svg, chart, frame, left, bottom);
  add_marks(svg, chart, frame, standalone, bottom);
  for (std::size_t i = 0; standalone && i < options.legend.size(); ++i) {
    const double x = 20.0 + (i % 2 == 0 ? 0.0 : kChartWidth / 2);
    const std::size_t row = i / 2;
    const double place = chart.height + kLegendLine * static_cast<double>(row) + 4.0;
    svg += key(options.legend[i].second, x, place, true);
    svg += fmt::format("<text x=\"{}\" y=\"{}\" dy=\"0.32em\">{}</text>", number(x + 30), number(place),
                       escape_html(printable(options.legend[i].first, 40)));
  }
  return svg + draw_note(options, below) + "</svg>";
}

std::string style_symbols(std::size_t styles) {
  std::string symbols = "<svg class=\"symbols\" aria-hidden=\"true\" width=\"0\" height=\"0\">";
  for (std::size_t style = 0; style < styles; ++style)
    symbols += fmt::format("<symbol id=\"key-{}\" viewBox=\"0 0 24 10\">{}</symbol>", style,
                           key(style, 0.0, 5.0, false));
  return symbols + "</svg>";
}

}  // namespace rraebench
