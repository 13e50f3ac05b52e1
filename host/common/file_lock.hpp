#pragma once
// Implements: a lock between processes, held as long as the object lives.

#include <filesystem>
#include <functional>
#include <string>

namespace rraebench {

/// A line on standard error.
void say_waiting(const std::string& text);

/// Waits for an exclusive flock() on `file`, which is created unless it is a folder. Once it has waited for
/// some seconds, `waiting` is given a line that says for which file, and who holds it. Throws
/// InfrastructureError naming the file, and InterruptedError when a stop is requested meanwhile.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& file,
                    const std::function<void(const std::string& text)>& waiting = say_waiting);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace rraebench
