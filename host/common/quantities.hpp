#pragma once
// Implements: durations, sizes and moments as people write them.

#include <cstdint>
#include <string>

namespace rraebench {

/// Seconds of "90", "90s", "10m" or "1.5h"; `option` is named in errors. Throws UserError.
double parse_duration(const std::string& text, const std::string& option);

/// "1:05" or "2:03:05"
std::string duration_text(double seconds);

/// Bytes of "500M", "4G" or "1.5T" (powers of 1024; "4GB" and "4GiB" are the same). Throws UserError.
std::int64_t parse_size(const std::string& text, const std::string& option);

/// "4.0 GiB", "512 MiB"
std::string size_text(std::int64_t bytes);

/// Now, UTC, ISO 8601: "2026-01-31T12:00:00Z".
std::string utc_now();

}  // namespace rraebench
