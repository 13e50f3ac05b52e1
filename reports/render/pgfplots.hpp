#pragma once
// Implements: charts as pgfplots code, which LaTeX sets in a paper's own fonts and authors can edit.

#include "reports/analysis/ranks.hpp"
#include "reports/render/comparison_charts.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace rraebench {

/// A chart's width where the paper does not define it.
constexpr const char* kChartWidthCommand = "\\providecommand{\\chartwidth}{0.75\\linewidth}\n";

/// What a tikzpicture of these styles needs before it: \chartwidth and colours. What a paper has defined
/// itself counts.
std::string tikz_definitions(const std::set<std::size_t>& styles);

/// A tikzpicture to be \input, with its colours and key. It is as wide as \chartwidth, three quarters of the
/// line unless the paper defines it. `title` stands above it where it is not empty.
std::string render_pgfplots(const Chart& chart, const std::vector<KeyEntry>& key, const std::string& title);

/// As render_ranks().
std::string render_ranks_pgfplots(const Ranking& ranking);

}  // namespace rraebench
