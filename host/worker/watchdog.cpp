#include "host/worker/watchdog.hpp"

#include "host/common/child_processes.hpp"
#include "host/common/stop_request.hpp"

#include <csignal>
#include <cstdlib>
#include <optional>
#include <pthread.h>
#include <string>
#include <sys/prctl.h>
#include <thread>
#include <unistd.h>

namespace rraebench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kBetweenLooks = std::chrono::milliseconds(200);

/// The process that started this one, as it says in the environment: it may have gone before this one looks.
pid_t program() {
  const char* mark = std::getenv(kWorkerMark);
  return mark == nullptr ? ::getppid() : static_cast<pid_t>(std::strtol(mark, nullptr, 10));
}

[[noreturn]] void end_all() {
  end_children();
  // Of a worker that was started by hand others are in the group.
  ::kill(::getpgrp() == ::getpid() ? 0 : ::getpid(), SIGKILL);
  std::abort();
}

void watch(pid_t program, std::chrono::seconds grace) {
  std::optional<Clock::time_point> deadline;
  while (true) {
    std::this_thread::sleep_for(kBetweenLooks);
    if (::getppid() != program && !stop_requested()) {
      ::kill(::getpid(),
             SIGTERM);  // Wakes what waits in the kernel; a plugin may have taken the handler away.
      request_stop();
    }
    if (stop_requested() && !deadline) deadline = Clock::now() + grace;
    if (deadline && Clock::now() > *deadline) end_all();
  }
}

}  // namespace

void start_watchdog(std::chrono::seconds grace) {
  adopt_orphans();
  // Where it is suspended when the program ends, it would stay so for ever: this wakes it, and the thread
  // sees why.
  prctl(PR_SET_PDEATHSIG, SIGCONT);
  // Signals are for the thread that works: one that waits in the kernel is to be woken.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread(watch, program(), grace).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace rraebench
