#pragma once
// Implements: the one exception with which the data sources refuse bad data. Needs the standard library
// alone.

#include <stdexcept>
#include <string>

namespace rraebench {

/// `text` with its control characters as \x0a: file names may hold line breaks and worse.
inline std::string one_line(const std::string& text) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F)
      line += c;
    else
      line += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 0xF]};
  }
  return line;
}

/// A fault in the user's data: the message names the file, what is wrong with it and how to mend it.
class DatasetError : public std::runtime_error {
 public:
  explicit DatasetError(const std::string& message) : std::runtime_error(one_line(message)) {}
};

}  // namespace rraebench
