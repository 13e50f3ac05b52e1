#include "host/worker/planned_file.hpp"

#include "datasets/sha256.hpp"
#include "host/common/errors.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace rraebench {
namespace {

int open_file(const std::filesystem::path& file) {
  // Without waiting: a FIFO in the file's place must not hold the run up.
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) throw InfrastructureError(file.string() + ": cannot be read: " + std::strerror(errno));
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) return descriptor;
  ::close(descriptor);
  throw InfrastructureError(file.string() + ": is no regular file");
}

void read_all(int descriptor, const std::filesystem::path& file,
              const std::function<void(std::string_view)>& visit) {
  std::vector<char> buffer(std::size_t{1} << 20);
  for (off_t offset = 0;;) {
    const auto count = ::pread(descriptor, buffer.data(), buffer.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw InfrastructureError(file.string() + ": cannot be read: " + std::strerror(errno));
    if (count == 0) return;
    visit({buffer.data(), static_cast<std::size_t>(count)});
    offset += count;
  }
}

[[noreturn]] void throw_changed(const std::filesystem::path& file) {
  throw InfrastructureError(file.string() + " changed since the suite was planned; run the suite again");
}

}  // namespace

PlannedFile::PlannedFile(std::filesystem::path file, std::string sha256)
    : file_(std::move(file)), sha256_(std::move(sha256)), descriptor_(open_file(file_)) {}

PlannedFile::~PlannedFile() {
  ::close(descriptor_);
}

void PlannedFile::require_same_name_and_bytes() const {
  struct stat opened {};
  struct stat named {};
  if (::fstat(descriptor_, &opened) != 0 || ::stat(file_.c_str(), &named) != 0 ||
      opened.st_ino != named.st_ino || opened.st_dev != named.st_dev)
    throw_changed(file_);
  require_same_bytes();
}

void PlannedFile::require_same_bytes() const {
  if (sha256_.empty()) return;
  Sha256 hash;
  read_all(descriptor_, file_, [&](std::string_view bytes) { hash.update(bytes.data(), bytes.size()); });
  if (hash.hex() != sha256_) throw_changed(file_);
}

std::string PlannedFile::bytes() const {
  std::string all;
  read_all(descriptor_, file_, [&](std::string_view more) { all += more; });
  if (!sha256_.empty() && sha256_hex(all) != sha256_) throw_changed(file_);
  return all;
}

std::string read_planned_file(const std::filesystem::path& file, const std::string& sha256) {
  return PlannedFile(file, sha256).bytes();
}

}  // namespace rraebench
