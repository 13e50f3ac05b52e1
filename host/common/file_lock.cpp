#include "host/common/file_lock.hpp"

#include "datasets/patient_lock.hpp"
#include "host/common/errors.hpp"
#include "host/common/stop_request.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <unistd.h>

namespace rraebench {
namespace {

/// A folder is locked itself; a file is made where there is none.
int open_for_lock(const std::filesystem::path& path) {
  std::error_code ignored;
  const int flags = std::filesystem::is_directory(path, ignored) ? O_RDONLY | O_DIRECTORY : O_CREAT | O_RDWR;
  return ::open(path.c_str(), flags | O_CLOEXEC, 0644);
}

}  // namespace

void say_waiting(const std::string& text) {
  std::cerr << text << std::endl;
}

FileLock::FileLock(const std::filesystem::path& file,
                   const std::function<void(const std::string& text)>& waiting)
    : descriptor_(open_for_lock(file)) {
  if (descriptor_ < 0)
    throw InfrastructureError(file.string() + ": cannot be opened: " + std::strerror(errno));
  try {
    if (const int refused = lock_patiently(descriptor_, file, waiting, throw_if_stop_requested); refused != 0)
      throw InfrastructureError(file.string() + ": cannot be locked: " + std::strerror(refused));
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

FileLock::~FileLock() {
  ::close(descriptor_);
}

}  // namespace rraebench
