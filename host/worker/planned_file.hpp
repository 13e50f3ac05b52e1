#pragma once
// Implements: a file that is used is the file that was planned: what enters a run's identity by its hash is
// compared with the hash when it is opened.

#include <filesystem>
#include <string>

namespace rraebench {

/// A file, held open. `sha256`: what the plan says of its bytes; empty: any will do. A difference throws
/// InfrastructureError, which names the file and asks for the suite to be run again.
class PlannedFile {
 public:
  /// Throws std::runtime_error naming the file where it cannot be opened or is no regular file.
  PlannedFile(std::filesystem::path file, std::string sha256);
  ~PlannedFile();
  PlannedFile(const PlannedFile&) = delete;
  PlannedFile& operator=(const PlannedFile&) = delete;

  /// The very bytes that were compared.
  std::string bytes() const;
  /// For a file that others (the loader of libraries) open by its name, before and after: the name must mean
  /// the file that is held open, and its bytes be the planned ones.
  void require_same_name_and_bytes() const;
  /// Of a file that was loaded: if it was written over, pages that had not been needed yet come from the new
  /// one. Another file put in its place by a rename does no harm.
  void require_same_bytes() const;

 private:
  std::filesystem::path file_;
  std::string sha256_;
  int descriptor_;
};

/// PlannedFile(file, sha256).bytes().
std::string read_planned_file(const std::filesystem::path& file, const std::string& sha256);

}  // namespace rraebench
