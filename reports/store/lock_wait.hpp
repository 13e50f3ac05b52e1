#pragma once
// Implements: waiting for a database that another program has locked, as long as the user has patience.

#include <chrono>
#include <functional>

struct sqlite3;

namespace rraebench {

/// Asked while another program holds the lock, with the seconds waited so far: whether to go on waiting.
/// Empty: for ten seconds.
using LockPatience = std::function<bool(double seconds)>;

/// What a connection looks at while it waits for a lock.
struct LockWait {
  LockPatience patience;
  std::chrono::steady_clock::time_point since;
};

/// Waits a moment and says whether to try again; `times_asked` counts from 0 for each wait.
bool wait_a_moment(LockWait& wait, int times_asked);

/// From now on `connection` waits for locks as `wait` says, which must outlive it.
void wait_for_locks(sqlite3* connection, LockWait& wait);

}  // namespace rraebench
