#pragma once
// Implements: mean ranks drawn with the critical difference.

#include "reports/analysis/ranks.hpp"
#include "reports/render/svg.hpp"

#include <string>

namespace rraebench {

/// A line a model, the best first: its mean rank, and a stroke as long as the critical difference around it;
/// two models differ where their strokes do not overlap. `options` as of render_svg(), without a legend.
std::string render_ranks(const Ranking& ranking, const SvgOptions& options);

/// "Interpolation: relative error (grid) over 4 comparisons: Friedman's test p = 0.012; mean ranks further
/// apart than 1.66 differ at 0.05 (Nemenyi)."
std::string describe_ranking(const Ranking& ranking);

}  // namespace rraebench
