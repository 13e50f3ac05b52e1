#pragma once
// Implements: curves of samples drawn as small panels, SVG or TikZ.

#include "reports/render/svg.hpp"
#include "reports/store/run_record.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// [layer][panel][point]; a point that is not a number is NaN.
using PictureCurves = std::vector<std::vector<std::vector<double>>>;

/// Content of a picture of curves. Empty where it is none, or has rows longer than any picture that we make.
PictureCurves parse_curves(const std::string& json);

/// A picture of the format kCurvesPicture: panel n shows row n of each layer, the first of several in grey
/// and the others in colour on top, all on the value range of the first layer's row. An empty ground where
/// the content is damaged.
std::string render_curve_panels(const ImageRecord& image, const SvgOptions& options);

/// The same as a tikzpicture, as wide as \chartwidth (pgfplots.hpp).
std::string render_curve_panels_tikz(const ImageRecord& image);

}  // namespace rraebench
