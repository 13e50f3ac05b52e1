#include "datasets/patient_lock.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <thread>

namespace rraebench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kBetweenTries = std::chrono::milliseconds(50);
constexpr auto kSilence = std::chrono::seconds(3);

/// "process 123"; "another process" where it is of another machine or container. The kernel lists locks as
/// "1: FLOCK  ADVISORY  WRITE 123 08:01:4567 0 EOF", with a waiting process's line beginning "1: ->".
std::string holder_of(int descriptor) {
  struct stat status {};
  std::ifstream locks("/proc/locks");
  if (::fstat(descriptor, &status) != 0) return "another process";
  for (std::string line; std::getline(locks, line);) {
    int process = 0;
    unsigned major = 0;
    unsigned minor = 0;
    unsigned long inode = 0;
    if (std::sscanf(line.c_str(), "%*d: FLOCK %*s WRITE %d %x:%x:%lu", &process, &major, &minor, &inode) ==
            4 &&
        inode == status.st_ino && major == ::major(status.st_dev) && minor == ::minor(status.st_dev) &&
        process > 0)
      return "process " + std::to_string(process);
  }
  return "another process";
}

}  // namespace

// Tries again and again: a signal that ends a wait in the kernel may come to another thread.
int lock_patiently(int descriptor, const std::filesystem::path& file,
                   const std::function<void(const std::string& text)>& waiting,
                   const std::function<void()>& look) {
  const auto started = Clock::now();
  bool said = false;
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return errno;
    if (look) look();
    if (waiting && !said && Clock::now() - started > kSilence) {
      said = true;
      waiting("waiting for " + file.string() + ", which " + holder_of(descriptor) + " holds");
    }
    std::this_thread::sleep_for(kBetweenTries);
  }
  return 0;
}

}  // namespace rraebench
