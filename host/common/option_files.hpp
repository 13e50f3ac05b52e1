#pragma once
// Implements: files that options name, found and hashed before anything is started.

#include <cstdint>
#include <filesystem>
#include <string>

namespace rraebench {

constexpr std::uintmax_t kLargestOptionFile = std::uintmax_t{4} << 30;  // Bytes.

struct OptionFile {
  std::string path;  // Absolute.
  std::string sha256;
};

/// The file that `option` names: `path`, from `folder` where it is relative. Throws UserError naming option
/// and file where it is no regular file that can be read, or is larger than kLargestOptionFile.
OptionFile find_option_file(const std::string& option, const std::filesystem::path& path,
                            const std::filesystem::path& folder);

}  // namespace rraebench
