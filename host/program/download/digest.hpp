#pragma once
// Implements: the digests that publishers state, of files.

#include <filesystem>
#include <string>

namespace rraebench {

/// A publisher's checksum: "MD5" or "SHA256", and the digest as lower-case hexadecimal text.
struct Checksum {
  std::string algorithm;
  std::string digest;
};

/// Throws UserError naming `path` when it is no readable file.
std::string file_digest(const std::filesystem::path& path, const std::string& algorithm);

}  // namespace rraebench
