#pragma once
// Implements: the schema of the results database, as versioned SQL patches, and their application.

#include <cstdint>
#include <vector>

namespace SQLite {
class Database;
}

namespace rraebench {

/// PRAGMA application_id of a results database: "RRAE" in ASCII. It tells our files from all other SQLite
/// files.
constexpr std::int32_t kApplicationId = 0x52524145;

/// Brings a database from schema `version - 1` to `version`.
struct Migration {
  std::int32_t version;
  const char* sql;  // Any number of statements, none of them BEGIN or COMMIT.
  // The views of before are dropped first; afterwards they are those of views/*.sql.
  bool renews_views = false;
  bool rebuilds_standing = false;  // It makes the table `standing`, to be filled from the runs.
};

/// In order of version, without gaps, starting at 1. A released patch is never edited: a change is a new
/// patch.
const std::vector<Migration>& schema_migrations();

/// PRAGMA user_version of an up-to-date database.
std::int32_t schema_version();

/// Applies the patches that are newer than PRAGMA user_version, each in a transaction of its own that also
/// moves user_version: a failing patch leaves the database at the version before it. Sets the application id.
/// Safe when two programs do it at once. Throws SQLite::Exception.
void apply_migrations(SQLite::Database& connection, const std::vector<Migration>& migrations);

}  // namespace rraebench
