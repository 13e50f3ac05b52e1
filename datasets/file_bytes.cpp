#include "datasets/file_bytes.hpp"

#include "datasets/error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace rraebench {
namespace {

class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

std::size_t size_of(const OpenFile& file, const std::filesystem::path& path) {
  struct stat status {};
  if (file.descriptor() < 0 || ::fstat(file.descriptor(), &status) != 0 || !S_ISREG(status.st_mode))
    throw DatasetError(path.string() + ": no such readable file; check the path and its permissions");
  return static_cast<std::size_t>(status.st_size);
}

std::string read_some(const OpenFile& file, std::size_t count, const std::filesystem::path& path) {
  std::string bytes(count, '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto part = ::read(file.descriptor(), bytes.data() + done, bytes.size() - done);
    if (part < 0 && errno == EINTR) continue;
    if (part < 0) throw DatasetError(path.string() + ": reading failed: " + std::strerror(errno));
    if (part == 0) break;  // Cut short meanwhile: the parser says what is missing.
    done += static_cast<std::size_t>(part);
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace

std::string read_bytes(const std::filesystem::path& path, std::size_t limit) {
  const OpenFile file(path);
  const auto size = size_of(file, path);
  if (size > limit)
    throw DatasetError(path.string() + ": it holds " + std::to_string(size) + " bytes, more than the " +
                       std::to_string(limit) + " that are allowed for such a file");
  return read_some(file, size, path);
}

std::string read_first_bytes(const std::filesystem::path& path, std::size_t count) {
  const OpenFile file(path);
  return read_some(file, std::min(size_of(file, path), count), path);
}

}  // namespace rraebench
