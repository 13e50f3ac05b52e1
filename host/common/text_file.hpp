#pragma once
// Implements: a text file as a whole, of bounded size.

#include <cstdint>
#include <filesystem>
#include <string>

namespace rraebench {

constexpr std::uintmax_t kLongestTextFile = std::uintmax_t{1} << 20;  // Bytes; written by people.

/// Throws UserError for a file that cannot be read, is no regular file (a pipe would be waited for) or is
/// longer than kLongestTextFile.
std::string read_text_file(const std::filesystem::path& file);

}  // namespace rraebench
