#pragma once
// Implements: the end of a worker that does not come to it by itself.

#include <chrono>

namespace rraebench {

/// Starts a thread that takes the end of the program that started this worker for a wish to stop, and kills
/// this process with all that it started where it has not stopped `grace` after such a wish: whatever a
/// plugin does, sleeps, loops or keeps out signals, and where it is suspended. A worker that was started by
/// hand has no such program.
void start_watchdog(std::chrono::seconds grace);

}  // namespace rraebench
