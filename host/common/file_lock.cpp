#include "host/common/file_lock.hpp"

#include "host/common/errors.hpp"
#include "host/common/stop_request.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <iostream>
#include <sys/file.h>
#include <thread>
#include <unistd.h>

namespace rraebench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kBetweenTries = std::chrono::milliseconds(50);
constexpr auto kSilence = std::chrono::seconds(3);

/// Tries again and again: a signal that ends a wait in the kernel may come to another thread.
void wait_for_lock(int descriptor, const std::filesystem::path& file,
                   const std::function<void(const std::string& text)>& waiting) {
  const auto started = Clock::now();
  bool said = false;
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK)
      throw InfrastructureError(file.string() + ": cannot be locked: " + std::strerror(errno));
    throw_if_stop_requested();
    if (!said && Clock::now() - started > kSilence) {
      said = true;
      waiting("waiting for " + file.string() + ", which another process holds");
    }
    std::this_thread::sleep_for(kBetweenTries);
  }
}

}  // namespace

void say_waiting(const std::string& text) {
  std::cerr << text << std::endl;
}

FileLock::FileLock(const std::filesystem::path& file,
                   const std::function<void(const std::string& text)>& waiting)
    : descriptor_(::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0)
    throw InfrastructureError(file.string() + ": cannot be opened: " + std::strerror(errno));
  try {
    wait_for_lock(descriptor_, file, waiting);
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

FileLock::~FileLock() {
  ::close(descriptor_);
}

}  // namespace rraebench
