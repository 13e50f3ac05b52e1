#pragma once
// Implements: the wish to stop, raised by SIGTERM or SIGINT and looked at between training steps.

#include <csignal>
#include <stdexcept>
#include <string>

namespace rraebench {

class InterruptedError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// From now on SIGTERM and SIGINT only raise the wish. A second signal kills.
void install_stop_signals();
bool stop_requested();
/// Throws InterruptedError when the wish was raised.
void throw_if_stop_requested();

}  // namespace rraebench
