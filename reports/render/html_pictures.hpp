#pragma once
// Implements: the charts and pictures of a page.

#include "reports/analysis/comparison.hpp"
#include "reports/analysis/ranks.hpp"
#include "reports/render/comparison_charts.hpp"
#include "reports/render/html_data.hpp"

#include <string>
#include <vector>

namespace rraebench::html {

/// `of` is what the charts show, for who cannot see them.
Data charts_data(const std::vector<TitledChart>& titled, const std::string& of);

/// Spectra, a chart for each run.
Data bars_data(const Comparison& comparison);

/// What models make, beside the originals.
Data galleries(const Comparison& comparison);

Data rankings_data(const std::vector<Ranking>& rankings);

/// Figures over an option of the data, which is swept over several comparisons.
Data data_sweeps(const std::vector<Comparison>& comparisons);

}  // namespace rraebench::html
