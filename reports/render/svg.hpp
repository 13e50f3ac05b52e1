#pragma once
// Implements: charts drawn as SVG, inside a page that themes them or as files of their own.

#include "reports/render/chart.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace rraebench {

constexpr std::size_t kPaletteSize = 8;
constexpr std::size_t kMarkers = 7;
constexpr std::size_t kStyles = kPaletteSize * kMarkers;  // Further ones look like the first again.

/// The palette of Okabe and Ito 2008, which colour-blind readers tell apart, darkened for white paper:
/// "#0072b2".
const char* series_colour(std::size_t style);

/// Which of so many dashes a style has, solid the first: another one each time that a colour comes again, so
/// that lines without markers are told apart by both.
constexpr std::size_t kDashStyles = 4;
std::size_t series_dash(std::size_t style);

/// What paints a series: its colour, or in a page the variable of the style sheet that has it.
std::string series_paint(std::size_t style, bool standalone);

/// Text from elsewhere is escaped. `description` is what a reader who does not see it is told.
struct SvgOptions {
  std::string description;
  bool standalone = false;  // A file: white ground, colours of its own; else those of the page's style sheet.
  std::vector<std::pair<std::string, std::size_t>> legend;  // Names and styles; drawn in files alone.
  std::string note = {};  // What the marks are; below everything else, in files alone.
};

/// The beginning of a picture, in a file with its style and white ground; "</svg>" ends it.
std::string open_svg(double width, double height, const SvgOptions& options);

/// How high the options' note is, and the note with its upper edge there.
double height_of_note(const SvgOptions& options);
std::string draw_note(const SvgOptions& options, double top);

std::string render_svg(const Chart& chart, const SvgOptions& options);

/// <symbol> elements "key-0", "key-1" ... of what a style looks like, for a page's legends.
std::string style_symbols(std::size_t styles);

}  // namespace rraebench
