#include "host/worker/stop_request.hpp"

namespace rraebench {
namespace {

volatile std::sig_atomic_t stop_flag = 0;

extern "C" void raise_stop_flag(int signal) {
  stop_flag = 1;
  std::signal(signal, SIG_DFL);
}

}  // namespace

void install_stop_signals() {
  std::signal(SIGTERM, raise_stop_flag);
  std::signal(SIGINT, raise_stop_flag);
}

bool stop_requested() {
  return stop_flag != 0;
}

void throw_if_stop_requested() {
  if (stop_requested()) throw InterruptedError();
}

}  // namespace rraebench
