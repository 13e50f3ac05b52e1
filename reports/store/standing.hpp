#pragma once
// Implements: the table `standing`, in which the leaderboard is kept up to date run by run, so that reading
// it costs nothing of the figures' number.

#include <cstdint>

namespace SQLite {
class Database;
}

namespace rraebench {

/// After `run_id` was stored: the averages over the runs of its place and settings. Part of the caller's
/// transaction, like the next.
void update_standing(SQLite::Database& connection, std::int64_t run_id);

/// All of it anew.
void rebuild_standing(SQLite::Database& connection);

}  // namespace rraebench
