#include "reports/analysis/figure_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rraebench {
namespace {

constexpr int kMostDecimals = 4;

bool is_whole(double value) {
  return value == std::floor(value);
}

// "1234567" becomes "1 234 567" with narrow spaces that do not break.
void group_thousands(std::string& digits) {
  const std::size_t first = digits.front() == '-' ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) {
    i -= 3;
    digits.insert(i, "\u202f");
  }
}

}  // namespace

std::optional<int> column_decimals(const std::vector<double>& means, const std::vector<double>& deviations) {
  double smallest = std::numeric_limits<double>::infinity();
  double largest = 0.0;
  bool whole = true;
  for (const double mean : means) {
    if (!std::isfinite(mean)) continue;
    whole = whole && is_whole(mean);
    largest = std::max(largest, std::abs(mean));
    if (mean != 0.0) smallest = std::min(smallest, std::abs(mean));
  }
  for (const double deviation : deviations) whole = whole && is_whole(deviation);
  if (largest >= 1e12) return std::nullopt;
  if (whole) return 0;
  const int decimals = 2 - static_cast<int>(std::floor(std::log10(smallest)));
  // Zeroes beside tiny values stay readable, but a column of tiny values needs exponents.
  if (decimals > kMostDecimals && largest < 1e-2) return std::nullopt;
  if (largest >= 1e7) return std::nullopt;
  return std::clamp(decimals, 0, kMostDecimals);
}

std::string format_figure(double value, std::optional<int> decimals) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "∞" : "−∞";
  auto text = decimals ? fmt::format("{:.{}f}", value, *decimals) : fmt::format("{:.3g}", value);
  if (decimals == 0 && std::abs(value) >= 1e4) group_thousands(text);
  // "-0.00" is a zero; other minus signs become the typographic one, which lines up with digits.
  if (text.front() == '-' && text.find_first_of("123456789") == std::string::npos) text.erase(0, 1);
  if (text.front() == '-') text.replace(0, 1, "−");
  return text;
}

}  // namespace rraebench
