#pragma once
// Implements: base64 (RFC 4648), in which pictures travel inside JSON and HTML.

#include <string>
#include <string_view>

namespace rraebench {

std::string base64_encode(std::string_view bytes);
/// Throws std::invalid_argument for text that is not base64.
std::string base64_decode(std::string_view text);

}  // namespace rraebench
