#pragma once
// Implements: the wish to stop, raised by SIGTERM or SIGINT and looked at between training steps.

#include <csignal>
#include <stdexcept>

namespace rraebench {

class InterruptedError : public std::runtime_error {
 public:
  InterruptedError() : std::runtime_error("stopped on request; the same command goes on from here") {}
};

/// From now on SIGTERM and SIGINT only raise the wish. A second signal kills.
void install_stop_signals();
bool stop_requested();
/// Throws InterruptedError when the wish was raised.
void throw_if_stop_requested();

}  // namespace rraebench
