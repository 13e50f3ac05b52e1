#include "datasets/input_file.hpp"

#include "datasets/error.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace rraebench {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, int error) {
  throw DatasetError(path.string() + ": no such readable file (" + std::strerror(error) +
                     "); check the path and its permissions");
}

void require_regular(const std::filesystem::path& path, mode_t mode) {
  if (S_ISREG(mode)) return;
  const char* what = S_ISDIR(mode)    ? "a folder"
                     : S_ISFIFO(mode) ? "a named pipe"
                     : S_ISSOCK(mode) ? "a socket"
                                      : "a device";
  throw DatasetError(path.string() + ": " + what + ", expected a readable file; check the path");
}

}  // namespace

InputFile::InputFile(const std::filesystem::path& path) : path_(path) {
  struct stat status {};
  // Looked at first, since to open some devices is to do something with them.
  if (::stat(path.c_str(), &status) != 0) refuse(path, errno);
  require_regular(path, status.st_mode);
  // Should it be a pipe by now, opening it does not wait.
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor_ < 0) refuse(path, errno);
  const bool known = ::fstat(descriptor_, &status) == 0;
  if (!known || !S_ISREG(status.st_mode)) ::close(descriptor_);
  if (!known) refuse(path, errno);
  require_regular(path, status.st_mode);
  size_ = static_cast<std::size_t>(status.st_size);
}

InputFile::~InputFile() {
  ::close(descriptor_);
}

std::size_t InputFile::read(void* bytes, std::size_t count) {
  auto* const out = static_cast<char*>(bytes);
  std::size_t done = 0;
  while (done < count) {
    const auto part = ::read(descriptor_, out + done, count - done);
    if (part < 0 && errno == EINTR) continue;
    if (part < 0)
      throw DatasetError(path_.string() + ": reading failed: " + std::strerror(errno) + "; check the disk");
    if (part == 0) break;
    done += static_cast<std::size_t>(part);
  }
  return done;
}

}  // namespace rraebench
