#pragma once
// Implements: Ctrl-C, SIGTERM and a closed terminal as a wish to stop, looked at where the work can be left.

#include <stdexcept>

namespace rraebench {

class InterruptedError : public std::runtime_error {
 public:
  InterruptedError() : std::runtime_error("stopped on request; the same command goes on from here") {}
};

/// From now on SIGINT, SIGTERM and SIGHUP only raise the wish, and end a wait in poll(); SIGHUP stays ignored
/// where it was (nohup). However often they come, work is not cut off: batch systems signal a whole group,
/// and then its parent does once more. Only a second SIGINT a little later, which is a person at the
/// keyboard, ends the program at once.
void install_stop_signals();

/// The same in a worker, which no signal ends that can be caught: the program that started it sees to that.
void install_worker_stop_signals();

bool stop_requested();
/// As if a signal had come.
void request_stop();
/// Throws InterruptedError when the wish was raised.
void throw_if_stop_requested();

}  // namespace rraebench
