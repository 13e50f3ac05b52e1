#pragma once
// Implements: what a results database held at a moment that has passed.

#include <optional>
#include <string>

namespace SQLite {
class Database;
}

namespace rraebench {

/// Takes back what came at `moment` or later (UTC, as moment_of() gives it): runs that ended,
/// and what suites asked for. Where a suite asked anew, the last run that went well before tells what it had
/// asked for. `connection` is a copy that may be changed; throws SQLite::Exception.
void take_back(SQLite::Database& connection, const std::string& moment);

/// "2026-11-27T14:30:00Z" of "2026-11-27T14:30" or "2026-11-27T14:30Z", "2026-11-27T00:00:00Z" of the day
/// alone; none of what is no moment of any calendar.
std::optional<std::string> moment_of(const std::string& text);

}  // namespace rraebench
