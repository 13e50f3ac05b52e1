#include "host/common/stop_request.hpp"

#include <csignal>

namespace rraebench {
namespace {

volatile std::sig_atomic_t stop_flag = 0;

extern "C" void raise_stop_flag(int signal) {
  stop_flag = 1;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void install_stop_signals() {
  struct sigaction action {};
  action.sa_handler = raise_stop_flag;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);  // Without SA_RESTART.
  sigaction(SIGTERM, &action, nullptr);
}

bool stop_requested() {
  return stop_flag != 0;
}

void throw_if_stop_requested() {
  if (stop_requested()) throw InterruptedError();
}

}  // namespace rraebench
