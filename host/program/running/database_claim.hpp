#pragma once
// Implements: one `rraebench run` at a time on a results database.

#include <filesystem>
#include <string>

namespace rraebench {

/// The right to run suites into a database, held as long as the object lives and given up by the system
/// however the process ends. Beside it stand the folder of checkpoints, made with it and removed with it
/// where it is empty.
class DatabaseClaim {
 public:
  /// `folder`: of the checkpoints. Throws UserError saying who has the database, where another process has,
  /// and for a folder that cannot be written.
  DatabaseClaim(const std::filesystem::path& database, const std::filesystem::path& folder);
  ~DatabaseClaim();
  DatabaseClaim(const DatabaseClaim&) = delete;
  DatabaseClaim& operator=(const DatabaseClaim&) = delete;

 private:
  std::filesystem::path folder_;
  int descriptor_ = -1;
};

}  // namespace rraebench
