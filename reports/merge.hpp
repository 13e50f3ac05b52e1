#pragma once
// Implements: runs of one results database taken into another.

#include <cstdint>

namespace SQLite {
class Database;
}

namespace rraebench {

struct MergeCount {
  std::int64_t added = 0;
  std::int64_t known = 0;  // Were there already: same identity, start and end.
};

/// Copies the runs of `from` that `into` does not have, with all that belongs to them, in one transaction:
/// all or nothing. Attempts of one identity are numbered anew in the order in which they started. Published
/// figures come along for suites that have none in `into`. Both must have the schema of this program. Throws
/// SQLite::Exception.
MergeCount merge_runs(SQLite::Database& into, const SQLite::Database& from);

}  // namespace rraebench
