#pragma once
// Implements: a folder of its own for one test, gone with the object.

#include <filesystem>
#include <string>
#include <string_view>

namespace rraebench {

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }
  /// Writes a file, creating the folders on the way, and gives its path.
  std::filesystem::path write(const std::string& name, std::string_view bytes) const;

 private:
  std::filesystem::path path_;
};

/// Throws std::runtime_error where there is none: two files that are missing are not equal.
std::string read_file(const std::filesystem::path& path);

}  // namespace rraebench
