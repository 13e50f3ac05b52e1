#include "host/common/stop_request.hpp"

#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace rraebench {
namespace {

constexpr std::int64_t kDeliberateNanoseconds = 500'000'000;  // Two SIGINTs less apart are one wish.

// Lock-free, so that a handler may touch them, whatever thread it interrupts.
std::atomic<bool> stop_flag{false};
std::atomic<std::int64_t> first_interrupt{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free);

std::int64_t now_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

extern "C" void raise_stop_flag(int /*signal*/) {
  stop_flag = true;
}

extern "C" void raise_stop_flag_or_end(int signal) {
  stop_flag = true;
  const auto now = now_nanoseconds();
  std::int64_t never = 0;
  if (first_interrupt.compare_exchange_strong(never, now)) return;
  if (now - first_interrupt < kDeliberateNanoseconds) return;
  std::signal(signal, SIG_DFL);
  std::raise(signal);  // Comes when this handler returns.
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);  // Without SA_RESTART.
}

void handle_hangup() {
  struct sigaction before {};
  sigaction(SIGHUP, nullptr, &before);
  if (before.sa_handler != SIG_IGN) handle(SIGHUP, raise_stop_flag);
}

}  // namespace

void install_stop_signals() {
  handle(SIGINT, raise_stop_flag_or_end);
  handle(SIGTERM, raise_stop_flag);
  handle_hangup();
}

void install_worker_stop_signals() {
  handle(SIGINT, raise_stop_flag);
  handle(SIGTERM, raise_stop_flag);
  handle_hangup();
}

bool stop_requested() {
  return stop_flag;
}

void request_stop() {
  stop_flag = true;
}

void throw_if_stop_requested() {
  if (stop_requested()) throw InterruptedError();
}

}  // namespace rraebench
