#pragma once
// Implements: how figures are printed in reports: one number of decimals for a whole column.

#include <optional>
#include <string>
#include <vector>

namespace rraebench {

/// Decimals that show the smallest mean to three digits (none where all are whole numbers); nothing where the
/// column spans or reaches magnitudes that only scientific notation shows. Non-finite values do not count.
std::optional<int> column_decimals(const std::vector<double>& means, const std::vector<double>& deviations);

/// With that many decimals; without: three significant digits. Whole numbers from 10000 on have their
/// thousands apart.
std::string format_figure(double value, std::optional<int> decimals);

}  // namespace rraebench
