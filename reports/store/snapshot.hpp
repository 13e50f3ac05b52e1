#pragma once
// Implements: reading a database as it is at one moment.

#include <SQLiteCpp/Database.h>

#include <sqlite3.h>

namespace rraebench {

/// As long as there is one, all statements of the connection see the same state, whatever a writer adds
/// meanwhile.
class Snapshot {
 public:
  explicit Snapshot(const SQLite::Database& connection) : handle_(connection.getHandle()) {
    sqlite3_exec(handle_, "BEGIN", nullptr, nullptr, nullptr);
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;
  ~Snapshot() { sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr); }

 private:
  sqlite3* handle_;
};

}  // namespace rraebench
