#include "synced_files.hpp"

#include <filesystem>
#include <mutex>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace rraebench {
namespace {

struct SyncedFiles {
  std::mutex mutex;
  std::vector<std::string> paths;
};

SyncedFiles& synced_files() {
  static SyncedFiles files;
  return files;
}

}  // namespace

std::vector<std::string> take_synced() {
  auto& files = synced_files();
  const std::lock_guard lock(files.mutex);
  return std::exchange(files.paths, {});
}

}  // namespace rraebench

/// In the place of the C library's, for the whole program.
extern "C" int fsync(int descriptor) {
  std::error_code ignored;
  const auto path =
      std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), ignored).string();
  {
    auto& files = rraebench::synced_files();
    const std::lock_guard lock(files.mutex);
    files.paths.push_back(path);
  }
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}
