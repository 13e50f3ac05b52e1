#include "reports/render/figure_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rraebench {
namespace {

constexpr int kMostDecimals = 4;
constexpr double kLargestWritten = 1e7;  // From here on with an exponent.

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

constexpr double kSmallestShare =
    1e-6;  // Of the mean; what is smaller, single precision does not tell apart.

bool is_alike(double difference, double mean) {
  return difference <= kSmallestShare * std::abs(mean);
}

/// The power of ten of the first digit, after rounding to two digits.
int leading_power(double value) {
  return std::stoi(fmt::format("{:.1e}", std::abs(value)).substr(4));
}

/// Whether two digits of the value are left in so many decimals.
bool keeps_digits(double value, std::optional<int> decimals) {
  return !decimals || is_whole(value) || leading_power(value) >= 1 - *decimals;
}

/// Both as multiples of the mean's power of ten: "1.234e-07", "0.012e-07".
PrintedFigure print_scientific(double mean, double spread) {
  const int power = leading_power(mean != 0.0 ? mean : spread);
  const int decimals = std::max(0, power - leading_power(spread) + 1);
  const double unit = std::pow(10.0, power);
  const auto text = [&](double value) {
    return format_figure(value / unit, decimals) + fmt::format("e{:+03d}", power);
  };
  return {text(mean), text(spread), std::nullopt};
}

}  // namespace

std::optional<int> column_decimals(const std::vector<double>& means) {
  double smallest = std::numeric_limits<double>::infinity();
  double largest = 0.0;
  bool whole = true;
  for (const double mean : means) {
    if (!std::isfinite(mean)) continue;
    whole = whole && is_whole(mean);
    largest = std::max(largest, std::abs(mean));
    if (mean != 0.0) smallest = std::min(smallest, std::abs(mean));
  }
  if (largest >= 1e12) return std::nullopt;
  if (whole) return 0;
  const int decimals = 2 - static_cast<int>(std::floor(std::log10(smallest)));
  // Zeroes beside tiny values stay readable, but a column of tiny values needs exponents.
  if (decimals > kMostDecimals && largest < 1e-2) return std::nullopt;
  if (largest >= kLargestWritten) return std::nullopt;
  return std::clamp(decimals, 0, kMostDecimals);
}

std::string format_figure(double value, std::optional<int> decimals, int digits) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "∞" : "−∞";
  auto text = decimals ? fmt::format("{:.{}f}", value, *decimals) : fmt::format("{:.{}g}", value, digits);
  if (!decimals && std::abs(value) >= 1.0 && std::abs(value) < kLargestWritten &&
      text.find('e') != std::string::npos)
    return format_figure(value, 0);
  if (decimals == 0 && std::abs(value) >= 1e4) group_thousands(text);
  // "-0.00" is a zero; other minus signs become the typographic one, which lines up with digits.
  if (text.front() == '-' && text.find_first_of("123456789") == std::string::npos) text.erase(0, 1);
  if (text.front() == '-') text.replace(0, 1, "−");
  return text;
}

std::string format_signed(double value, std::optional<int> decimals) {
  const auto text = format_figure(value, decimals);
  const bool digits = text.find_first_of("123456789") != std::string::npos;
  return value > 0.0 && digits ? "+" + text : text;
}

std::string format_as_given(double value) {
  auto text = fmt::format("{}", value);
  if (text.front() == '-') text.replace(0, 1, "−");
  return text;
}

PrintedFigure print_figure(const SummaryStatistics& summary, std::optional<double> confidence,
                           std::optional<int> decimals) {
  if (summary.count == 0) return {};
  const auto spread = confidence ? interval_half_width(summary, *confidence) : summary.deviation;
  // Of large figures whose last digits are shown, a small share is something to see.
  if (spread && is_alike(*spread, summary.mean) &&
      !(decimals && *spread * std::pow(10.0, *decimals) >= 0.5)) {
    const double nearest = std::round(summary.mean);
    const auto exact =
        decimals && is_alike(std::abs(summary.mean - nearest), nearest) ? std::optional(0) : decimals;
    return {format_figure(summary.mean, exact), "0", exact};
  }
  if (!spread || !std::isfinite(*spread)) {
    const auto own = keeps_digits(summary.mean, decimals) ? decimals : std::nullopt;
    return {format_figure(summary.mean, own), "", own};
  }
  const int own = std::max(0, 1 - leading_power(*spread));
  const double size = std::max(std::abs(summary.mean), *spread);
  if (size < 1e-3 || size >= 1e9) return print_scientific(summary.mean, *spread);
  return {format_figure(summary.mean, own), format_figure(*spread, own), own};
}

std::vector<std::vector<PrintedFigure>> print_table(const MetricTable& table,
                                                    std::optional<double> confidence) {
  std::vector<std::vector<PrintedFigure>> printed(table.cells.size(),
                                                  std::vector<PrintedFigure>(table.columns.size()));
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    std::vector<double> means;
    for (const auto& row : table.cells)
      if (row[column].summary.count > 0) means.push_back(row[column].summary.mean);
    const auto decimals = column_decimals(means);
    for (std::size_t label = 0; label < table.cells.size(); ++label)
      printed[label][column] = print_figure(table.cells[label][column].summary, confidence, decimals);
  }
  return printed;
}

}  // namespace rraebench
