#pragma once
// Implements: a file that is there as a whole or not at all, whatever happens while it is written.

#include <filesystem>
#include <string>
#include <string_view>

namespace rraebench {

/// A file that is written piece by piece into FILE.part, which commit() brings to the disk and renames to
/// FILE. Without it FILE is what it was before, and FILE.part is removed. Its folder must exist. A link stays
/// one: the file that it leads to is written; a device or a pipe is written into as it is. Everything throws
/// InfrastructureError, which names the file and says what is wanting.
class DurableFile {
 public:
  explicit DurableFile(const std::filesystem::path& file);
  ~DurableFile();
  DurableFile(const DurableFile&) = delete;
  DurableFile& operator=(const DurableFile&) = delete;

  void append(std::string_view bytes);
  void commit();

 private:
  std::filesystem::path file_;
  bool renames_;
  std::filesystem::path unfinished_;  // The file itself where it is not renamed.
  int descriptor_;
  bool committed_ = false;
};

/// As DurableFile: writes FILE.part, brings it to the disk and renames it to `file`, so that a kill, a full
/// disk or a power cut leaves the file that was there before. Its folder must exist. Throws
/// InfrastructureError, which names the file and says what is wanting; FILE.part is then removed.
void write_file_durably(const std::filesystem::path& file, std::string_view bytes);

/// Gives a file or folder, whose content is on the disk already, its name so that a power cut does not take
/// it back. Throws InfrastructureError naming `to`.
void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

/// The same of a file whose content may not be on the disk yet.
void sync_and_rename(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace rraebench
