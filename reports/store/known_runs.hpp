#pragma once
// Implements: whether a database has a run, be it counted there or not.

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

namespace rraebench {

/// One run is one identity, begun and ended at the same time.
class KnownRuns {
 public:
  explicit KnownRuns(const SQLite::Database& database)
      : find_(database, "SELECT 1 FROM run WHERE identity = ? AND started_at = ? AND finished_at = ?") {}

  bool has(const std::string& identity, const std::string& started_at, const std::string& finished_at) {
    find_.bind(1, identity);
    find_.bind(2, started_at);
    find_.bind(3, finished_at);
    const bool found = find_.executeStep();
    find_.reset();
    return found;
  }

 private:
  SQLite::Statement find_;
};

}  // namespace rraebench
