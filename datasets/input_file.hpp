#pragma once
// Implements: a regular file opened for reading; whatever else has its name is refused and never waited for.

#include <cstddef>
#include <filesystem>

namespace rraebench {

class InputFile {
 public:
  /// Follows links. Throws DatasetError naming `path` when it is no readable file: missing, a folder, a pipe,
  /// a device, a socket, without permission.
  explicit InputFile(const std::filesystem::path& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// When it was opened.
  std::size_t size() const { return size_; }
  /// The next bytes, as many as there are up to `count`. Throws DatasetError when the disk fails.
  std::size_t read(void* bytes, std::size_t count);

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  std::size_t size_ = 0;
};

}  // namespace rraebench
