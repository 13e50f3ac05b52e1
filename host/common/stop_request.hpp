#pragma once
// Implements: Ctrl-C or SIGTERM as a wish to stop, looked at where the work can be left.

#include <stdexcept>

namespace rraebench {

class InterruptedError : public std::runtime_error {
 public:
  InterruptedError() : std::runtime_error("stopped on request; the same command goes on from here") {}
};

/// From now on SIGINT and SIGTERM only raise the wish, and end a wait in poll(). A second signal ends the
/// program.
void install_stop_signals();
bool stop_requested();
/// Throws InterruptedError when the wish was raised.
void throw_if_stop_requested();

}  // namespace rraebench
