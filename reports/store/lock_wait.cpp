#include "reports/store/lock_wait.hpp"

#include <algorithm>
#include <sqlite3.h>

namespace rraebench {
namespace {

constexpr double kPatienceSeconds = 10.0;

extern "C" int wait_for_lock(void* argument, int times_asked) {
  return wait_a_moment(*static_cast<LockWait*>(argument), times_asked) ? 1 : 0;
}

}  // namespace

bool wait_a_moment(LockWait& wait, int times_asked) {
  using Clock = std::chrono::steady_clock;
  if (times_asked == 0) wait.since = Clock::now();
  const double seconds = std::chrono::duration<double>(Clock::now() - wait.since).count();
  const bool go_on = wait.patience ? wait.patience(seconds) : seconds < kPatienceSeconds;
  if (go_on) sqlite3_sleep(std::min(100, 1 + 2 * times_asked));
  return go_on;
}

void wait_for_locks(sqlite3* connection, LockWait& wait) {
  sqlite3_busy_handler(connection, wait_for_lock, &wait);
}

}  // namespace rraebench
