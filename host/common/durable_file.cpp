#include "host/common/durable_file.hpp"

#include "host/common/errors.hpp"
#include "reports/store/real_file.hpp"

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

/// What a folder lists must be on the disk, too.
int sync_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno == EACCES ? 0 : errno;  // A folder that may be written and not read.
  const int error = sync(descriptor);
  ::close(descriptor);
  return error;
}

/// 0 or the errno of what failed.
int rename_and_sync(const std::filesystem::path& from, const std::filesystem::path& to) {
  return std::rename(from.c_str(), to.c_str()) != 0 ? errno : sync_folder(to.parent_path());
}

[[noreturn]] void fail(const std::filesystem::path& file, int error) {
  throw InfrastructureError(file.string() + ": cannot be written: " + reason_of(error));
}

/// Not a device, and not a pipe.
bool can_be_replaced(const std::filesystem::path& file) {
  std::error_code ignored;
  const auto status = std::filesystem::status(file, ignored);
  return !std::filesystem::is_other(status);
}

}  // namespace

DurableFile::DurableFile(const std::filesystem::path& file)
    : file_(real_file(file)),
      renames_(can_be_replaced(file_)),
      unfinished_(renames_ ? file_.string() + ".part" : file_.string()),
      descriptor_(::open(unfinished_.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0) fail(file_, errno);
}

DurableFile::~DurableFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!committed_ && renames_) ::unlink(unfinished_.c_str());
}

void DurableFile::append(std::string_view bytes) {
  if (const int error = write_all(descriptor_, bytes); error != 0) fail(file_, error);
}

void DurableFile::commit() {
  int error = sync(descriptor_);
  if (::close(std::exchange(descriptor_, -1)) != 0 && error == 0 && errno != EINTR) error = errno;
  if (error == 0 && renames_) error = rename_and_sync(unfinished_, file_);
  if (error != 0) fail(file_, error);
  committed_ = true;
}

void write_file_durably(const std::filesystem::path& file, std::string_view bytes) {
  DurableFile durable(file);
  durable.append(bytes);
  durable.commit();
}

void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (const int error = rename_and_sync(from, to); error != 0) fail(to, error);
}

void sync_and_rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  const int descriptor = ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail(to, errno);
  const int error = sync(descriptor);
  ::close(descriptor);
  if (error != 0) fail(to, error);
  rename_durably(from, to);
}

}  // namespace rraebench
