#pragma once
// Implements: opening a results file, with every check that comes before the first write.

#include "reports/store/lock_wait.hpp"

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <utility>

namespace rraebench {

/// Device and number by which the system knows a file, whatever its name.
using FileNumber = std::pair<std::uint64_t, std::uint64_t>;

/// Throws DatabaseError where there is no such file.
FileNumber file_number(const std::filesystem::path& path);

struct OpenDatabase {
  std::unique_ptr<LockWait> lock_wait;  // Outlives the connection.
  std::unique_ptr<SQLite::Database> connection;
};

/// See ResultsDatabase::open_or_create. Throws DatabaseError.
OpenDatabase open_for_writing(const std::filesystem::path& path, LockPatience patience);

/// See ResultsDatabase::open_read_only. Throws DatabaseError.
OpenDatabase open_for_reading(const std::filesystem::path& path);

/// All that `database` holds, brought up to this program's schema; to be written to, and gone with the
/// program.
std::unique_ptr<SQLite::Database> copy_in_memory(SQLite::Database& database);

}  // namespace rraebench
