#include "host/program/interrupt.hpp"

#include <csignal>

namespace rraebench {
namespace {

volatile std::sig_atomic_t interrupted = 0;

extern "C" void raise_interrupt(int signal) {
  interrupted = 1;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void install_interrupt_handler() {
  struct sigaction action {};
  action.sa_handler = raise_interrupt;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);  // Without SA_RESTART, so that poll() returns.
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupt_requested() {
  return interrupted != 0;
}

}  // namespace rraebench
