#include "host/common/durable_file.hpp"

#include "host/common/errors.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace rraebench {
namespace {

std::string reason_of(int error) {
  if (error == ENOSPC) return "no space left on the disk; make room and give the same command again";
  if (error == EDQUOT) return "no space left in the quota; make room and give the same command again";
  return std::strerror(error);
}

/// 0 or the errno of what failed.
int write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

/// 0 or the errno of what failed. Some file systems have no such call: what they have must do.
int sync(int descriptor) {
  while (::fsync(descriptor) != 0) {
    if (errno == EINTR) continue;
    return errno == EINVAL || errno == ENOTSUP ? 0 : errno;
  }
  return 0;
}

/// The rename itself must be on the disk, too.
int sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno == EACCES ? 0 : errno;  // A folder that may be written and not read.
  const int error = sync(descriptor);
  ::close(descriptor);
  return error;
}

}  // namespace

DurableFile::DurableFile(std::filesystem::path file)
    : file_(std::move(file)),
      unfinished_(file_.string() + ".part"),
      descriptor_(::open(unfinished_.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0) fail(errno);
}

DurableFile::~DurableFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!committed_) ::unlink(unfinished_.c_str());
}

void DurableFile::append(std::string_view bytes) {
  if (const int error = write_all(descriptor_, bytes); error != 0) fail(error);
}

void DurableFile::commit() {
  int error = sync(descriptor_);
  if (::close(std::exchange(descriptor_, -1)) != 0 && error == 0 && errno != EINTR) error = errno;
  if (error == 0 && std::rename(unfinished_.c_str(), file_.c_str()) != 0) error = errno;
  if (error != 0) fail(error);
  committed_ = true;
  if (error = sync_folder(file_.parent_path()); error != 0) fail(error);
}

void DurableFile::fail(int error) const {
  throw InfrastructureError(file_.string() + ": cannot be written: " + reason_of(error));
}

void write_file_durably(const std::filesystem::path& file, std::string_view bytes) {
  DurableFile durable(file);
  durable.append(bytes);
  durable.commit();
}

}  // namespace rraebench
