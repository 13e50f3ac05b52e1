#include "host/common/quantities.hpp"

#include "host/common/errors.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

namespace rraebench {
namespace {

/// A positive decimal number and what follows it.
std::optional<std::pair<double, std::string_view>> split_unit(std::string_view text) {
  double value = 0.0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(value) || value <= 0.0) return std::nullopt;
  return std::pair{value, text.substr(static_cast<std::size_t>(end - text.data()))};
}

std::optional<double> seconds_of_unit(std::string_view unit) {
  if (unit.empty() || unit == "s") return 1.0;
  if (unit == "m" || unit == "min") return 60.0;
  if (unit == "h") return 3600.0;
  return std::nullopt;
}

std::optional<double> bytes_of_unit(std::string_view unit) {
  if (unit.empty()) return std::nullopt;  // Bytes, or a letter forgotten?
  constexpr std::string_view kLetters = "kmgt";
  const auto letter = kLetters.find(static_cast<char>(std::tolower(static_cast<unsigned char>(unit[0]))));
  const auto rest = unit.substr(1);
  if (letter == std::string_view::npos || !(rest.empty() || rest == "B" || rest == "iB")) return std::nullopt;
  return std::pow(1024.0, static_cast<double>(letter) + 1.0);
}

}  // namespace

double parse_duration(const std::string& text, const std::string& option) {
  if (const auto parts = split_unit(text))
    if (const auto unit = seconds_of_unit(parts->second)) return parts->first * *unit;
  throw UserError("--" + option + " is '" + text + "' but must be a duration, such as 90s, 10m or 2h");
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::int64_t parse_size(const std::string& text, const std::string& option) {
  if (const auto parts = split_unit(text))
    if (const auto unit = bytes_of_unit(parts->second); unit && parts->first * *unit < 0x1p62)
      return std::llround(parts->first * *unit);
  throw UserError("--" + option + " is '" + text + "' but must be a size, such as 500M or 4G");
}

std::string size_text(std::int64_t bytes) {
  constexpr double kMebibyte = 1024.0 * 1024.0;
  const auto size = static_cast<double>(bytes);
  if (size < kMebibyte) return fmt::format("{:.0f} KiB", size / 1024.0);
  return size < 1024.0 * kMebibyte ? fmt::format("{:.0f} MiB", size / kMebibyte)
                                   : fmt::format("{:.1f} GiB", size / kMebibyte / 1024.0);
}

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
}

}  // namespace rraebench
