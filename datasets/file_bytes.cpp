#include "datasets/file_bytes.hpp"

#include "datasets/error.hpp"

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

}  // namespace

std::string read_bytes(const std::filesystem::path& path, std::size_t limit) {
  const OpenFile file(path);
  struct stat status {};
  if (file.descriptor() < 0 || ::fstat(file.descriptor(), &status) != 0 || !S_ISREG(status.st_mode))
    throw DatasetError(path.string() + ": no such readable file; check the path and its permissions");
  if (static_cast<std::uintmax_t>(status.st_size) > limit)
    throw DatasetError(path.string() + ": it holds " + std::to_string(status.st_size) +
                       " bytes, more than the " + std::to_string(limit) +
                       " that are allowed for such a file");
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto count = ::read(file.descriptor(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw DatasetError(path.string() + ": reading failed: " + std::strerror(errno));
    if (count == 0) break;  // Cut short meanwhile: the parser says what is missing.
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace rraebench
