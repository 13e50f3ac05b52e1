#include "host/program/download/unpack.hpp"

#include "host/common/durable_file.hpp"
#include "host/common/errors.hpp"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <memory>
#include <set>

namespace rraebench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kArchivePiece = std::size_t{1} << 18;
constexpr std::int64_t kOtherBytes = std::int64_t{1} << 22;  // Room for read-me files and headers.

class Archive {
 public:
  explicit Archive(const fs::path& path) : path_(path), archive_(archive_read_new(), archive_read_free) {
    if (!archive_) throw std::runtime_error("libarchive cannot be started");
    archive_read_support_filter_gzip(archive_.get());
    archive_read_support_format_tar(archive_.get());
    require(archive_read_open_filename(archive_.get(), path.c_str(), kArchivePiece));
  }

  /// nullptr at the end.
  archive_entry* next() {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(archive_.get(), &entry);
    if (status == ARCHIVE_EOF) return nullptr;
    require(status);
    return entry;
  }

  /// 0 at the end of the member.
  std::size_t read(std::vector<char>& buffer) {
    const auto count = archive_read_data(archive_.get(), buffer.data(), buffer.size());
    if (count < 0) require(ARCHIVE_FATAL);
    return static_cast<std::size_t>(count);
  }

  [[noreturn]] void refuse(const std::string& fault) const {
    throw UserError(path_.string() + ": " + fault + "; delete it and download it again");
  }

 private:
  void require(int status) const {
    if (status == ARCHIVE_OK) return;
    const char* message = archive_error_string(archive_.get());
    refuse(std::string("a damaged archive: ") + (message != nullptr ? message : "unknown fault"));
  }

  fs::path path_;
  std::unique_ptr<struct archive, decltype(&archive_read_free)> archive_;
};

void write_member(Archive& archive, const ArchiveMember& member, const fs::path& path) {
  DurableFile out(path);
  std::vector<char> buffer(kArchivePiece);
  std::uint64_t written = 0;
  while (const auto count = archive.read(buffer)) {
    written += count;
    if (written > member.size) break;
    out.append({buffer.data(), count});
  }
  if (written != member.size)
    archive.refuse(member.path + " in it does not hold the " + std::to_string(member.size) +
                   " bytes expected");
  out.commit();
}

}  // namespace

void unpack_members(const fs::path& archive_path, const std::vector<ArchiveMember>& members,
                    const fs::path& folder) {
  Archive archive(archive_path);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw UserError(folder.string() + ": cannot be made: " + error.message());
  std::set<std::string> missing;
  for (const auto& member : members) missing.insert(member.path);
  std::int64_t other_bytes = 0;
  while (!missing.empty()) {
    auto* entry = archive.next();
    if (entry == nullptr) break;
    const char* name = archive_entry_pathname(entry);
    const auto wanted = std::find_if(members.begin(), members.end(), [&](const auto& member) {
      return name != nullptr && member.path == name && missing.count(member.path) > 0;
    });
    if (wanted == members.end()) {
      other_bytes += std::max<std::int64_t>(archive_entry_size(entry), 0);
      if (other_bytes > kOtherBytes)
        archive.refuse("it holds far more than the files that are expected in it");
      continue;
    }
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr)
      archive.refuse(wanted->path + " in it is no plain file");
    if (archive_entry_size(entry) != static_cast<std::int64_t>(wanted->size))
      archive.refuse(wanted->path + " in it does not hold the " + std::to_string(wanted->size) +
                     " bytes expected");
    write_member(archive, *wanted, folder / fs::path(wanted->path).filename());
    missing.erase(wanted->path);
  }
  if (!missing.empty()) archive.refuse("it lacks " + *missing.begin());
}

}  // namespace rraebench
