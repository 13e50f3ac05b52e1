#pragma once
// Implements: charts as pgfplots code, which LaTeX sets in a paper's own fonts and authors can edit.

#include "reports/analysis/ranks.hpp"
#include "reports/render/comparison_charts.hpp"

#include <string>
#include <vector>

namespace rraebench {

/// A tikzpicture to be \input, with its colours and key. It is as wide as \chartwidth, three quarters of the
/// line unless the paper defines it. `title` stands above it where it is not empty.
std::string render_pgfplots(const Chart& chart, const std::vector<KeyEntry>& key, const std::string& title);

/// As render_ranks().
std::string render_ranks_pgfplots(const Ranking& ranking);

}  // namespace rraebench
