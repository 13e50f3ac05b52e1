#pragma once
// Implements: the count in names such as "mixture:10" and "pca:64".

#include <cstdint>
#include <optional>
#include <string>

namespace rraebench {

/// Positive, of at most nine digits, written without sign and leading zeros; else nullopt.
std::optional<std::int64_t> plain_count(const std::string& text);

}  // namespace rraebench
