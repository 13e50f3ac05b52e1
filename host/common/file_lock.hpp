#pragma once
// Implements: a lock between processes, held as long as the object lives.

#include <filesystem>

namespace rraebench {

/// Waits for an exclusive flock() on `file`, which is created. Throws std::runtime_error naming the file.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& file);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace rraebench
