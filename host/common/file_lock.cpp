#include "host/common/file_lock.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/file.h>
#include <unistd.h>

namespace rraebench {

FileLock::FileLock(const std::filesystem::path& file)
    : descriptor_(::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0)
    throw std::runtime_error(file.string() + ": cannot be opened: " + std::strerror(errno));
  while (::flock(descriptor_, LOCK_EX) != 0)
    if (errno != EINTR) {
      ::close(descriptor_);
      throw std::runtime_error(file.string() + ": cannot be locked: " + std::strerror(errno));
    }
}

FileLock::~FileLock() {
  ::close(descriptor_);
}

}  // namespace rraebench
