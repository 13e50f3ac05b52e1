#include "host/common/plain_count.hpp"

#include <charconv>

namespace rraebench {

std::optional<std::int64_t> plain_count(const std::string& text) {
  constexpr std::size_t kMostDigits = 9;
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool plain = error == std::errc() && end == text.data() + text.size() && count > 0;
  return plain && text.front() != '0' && text.size() <= kMostDigits ? std::optional(count) : std::nullopt;
}

}  // namespace rraebench
