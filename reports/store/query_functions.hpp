#pragma once
// Implements: what a query may call beside SQLite's own functions.

struct sqlite3;

namespace rraebench {

/// The aggregates std(x), sample standard deviation, NULL of fewer than two values, as the leaderboard has
/// it, and median(x), the mean of the middle two of an even number, NULL of none. As in AVG a NULL is left
/// out.
void add_query_functions(sqlite3* connection);

}  // namespace rraebench
