#include "host/program/running/database_claim.hpp"

#include "host/common/errors.hpp"
#include "host/common/quantities.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

fs::path lock_file(const fs::path& folder) {
  return folder / "lock";
}

/// "process 123 on node7, since 2026-01-31T12:00:00Z"
std::string this_process() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return "process " + std::to_string(::getpid()) + " on " + host.data() + ", since " + utc_now();
}

std::string read_owner(int descriptor) {
  std::array<char, 512> text{};
  const auto count = ::pread(descriptor, text.data(), text.size(), 0);
  return count > 0 ? std::string(text.data(), static_cast<std::size_t>(count))
                   : "a process that did not say which";
}

/// Whether the open file is still the one of that name: who gave up the claim has removed it.
bool is_at(int descriptor, const fs::path& file) {
  struct stat open {};
  struct stat named {};
  return ::fstat(descriptor, &open) == 0 && ::stat(file.c_str(), &named) == 0 &&
         open.st_dev == named.st_dev && open.st_ino == named.st_ino;
}

}  // namespace

DatabaseClaim::DatabaseClaim(const fs::path& database, const fs::path& folder) : folder_(folder) {
  constexpr int kMostAttempts = 1000;
  const auto file = lock_file(folder);
  for (int attempt = 1; true; ++attempt) {
    std::error_code ignored;  // What cannot be made cannot be opened.
    fs::create_directories(folder, ignored);
    descriptor_ = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0644);
    // Another program may have removed the folder just now, or while this one was about to make it.
    if (descriptor_ < 0 && errno == ENOENT && attempt < kMostAttempts) continue;
    if (descriptor_ < 0)
      throw UserError(file.string() + ": cannot be written: " + std::strerror(errno) +
                      "; checkpoints need this folder beside the database, so choose another --db");
    const int locked = ::flock(descriptor_, LOCK_EX | LOCK_NB);
    if (locked != 0 && errno == EWOULDBLOCK) {
      const auto owner = read_owner(descriptor_);
      ::close(descriptor_);
      throw UserError(database.string() + ": another 'rraebench run' works on it (" + owner +
                      "); wait for its end, or give this one a --db of its own and merge the two afterwards");
    }
    // Where the file system knows no locks, nothing can be claimed and nobody is kept out.
    if (locked != 0 || is_at(descriptor_, file)) break;
    ::close(descriptor_);
  }
  const auto owner = this_process();
  if (::ftruncate(descriptor_, 0) == 0) (void)!::pwrite(descriptor_, owner.data(), owner.size(), 0);
}

DatabaseClaim::~DatabaseClaim() {
  std::error_code ignored;
  fs::remove(lock_file(folder_), ignored);  // While it is locked: nobody else's is removed.
  ::rmdir(folder_.c_str());                 // Only when it is empty; a link to another disk stays.
  ::close(descriptor_);
}

}  // namespace rraebench
