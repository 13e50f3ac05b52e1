#pragma once
// Implements: how figures are printed in reports: as exactly as their spread over seeds allows.

#include "reports/analysis/comparison.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rraebench {

/// Decimals that show the smallest mean to three digits (none where all are whole numbers); nothing where the
/// column spans or reaches magnitudes that only scientific notation shows. Non-finite values do not count.
std::optional<int> column_decimals(const std::vector<double>& means);

/// With that many decimals; without: so many significant digits, and all before the point of what is below
/// ten millions. Whole numbers from 10000 on have their thousands apart.
std::string format_figure(double value, std::optional<int> decimals, int digits = 3);

/// As format_figure, with "+" or "−".
std::string format_signed(double value, std::optional<int> decimals);

/// All digits that the number was written with, and no more.
std::string format_as_given(double value);

struct PrintedFigure {
  std::string mean;    // Empty where nothing was measured.
  std::string spread;  // Empty where there is none.
  std::optional<int> decimals;
};

/// The spread (a deviation or half an interval) with two leading digits and the mean to the same place; a
/// figure that has no spread, or one below a millionth of it, which is shown as 0, with `decimals`, but a
/// whole number that came out alike everywhere with none.
PrintedFigure print_figure(const SummaryStatistics& summary, std::optional<double> confidence,
                           std::optional<int> decimals);

/// [label][column]. `confidence` (0.95): half of Student's interval in place of the deviation.
std::vector<std::vector<PrintedFigure>> print_table(const MetricTable& table,
                                                    std::optional<double> confidence);

}  // namespace rraebench
