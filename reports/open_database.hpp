#pragma once
// Implements: opening a results file, with every check that comes before the first write.

#include <filesystem>
#include <memory>

namespace SQLite {
class Database;
}

namespace rraebench {

/// See ResultsDatabase::open_or_create. Throws DatabaseError.
std::unique_ptr<SQLite::Database> open_for_writing(const std::filesystem::path& path);

/// See ResultsDatabase::open_read_only. Throws DatabaseError.
std::unique_ptr<SQLite::Database> open_for_reading(const std::filesystem::path& path);

}  // namespace rraebench
