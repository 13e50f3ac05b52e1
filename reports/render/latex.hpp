#pragma once
// Implements: the comparison report as LaTeX for a paper: tables and figures to be taken one by one, and a
// document that shows all of them.

#include "reports/analysis/comparison.hpp"
#include "reports/render/report_file.hpp"

#include <vector>

namespace rraebench {

/// report.tex, which pdflatex and BibTeX compile where booktabs, siunitx and pgfplots are; tables/*.tex, a
/// tabular each; figures/*.tex, a tikzpicture each, and figures/*.png; methods.tex, what was compared in
/// words; references.bib. The best mean is set by \best, what is not told from it by \alike, which every
/// table defines unless the paper does.
std::vector<ReportFile> render_latex(const ComparisonReport& report);

}  // namespace rraebench
