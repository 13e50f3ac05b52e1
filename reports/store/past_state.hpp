#pragma once
// Implements: what a results database held at a moment that has passed.

#include <string>

namespace SQLite {
class Database;
}

namespace rraebench {

/// Takes back what came at `moment` or later (UTC, "2026-11-27" or "2026-11-27T14:30:00Z"): runs that ended,
/// and what suites asked for. Where a suite asked anew, the last run that went well before tells what it had
/// asked for. `connection` is a copy that may be changed; throws SQLite::Exception.
void take_back(SQLite::Database& connection, const std::string& moment);

/// Whether `text` is such a moment.
bool is_moment(const std::string& text);

}  // namespace rraebench
