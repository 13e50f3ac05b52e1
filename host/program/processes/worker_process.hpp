#pragma once
// Implements: one child process with pipes for its output and its errors, and its end with all that it
// started.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace rraebench {

/// So often a pipe may have to be read after its writer's end until it is empty: it holds a megabyte at most.
constexpr int kPiecesOfAFullPipe = 17;

struct WorkerExit {
  std::optional<int> exit_code;  // Exactly one of the two is set.
  std::optional<int> signal;
  std::int64_t peak_memory_bytes = 0;
};

/// A started child in a process group of its own, so that Ctrl-C reaches this program alone. What counts is
/// the end of the process, not that of its pipes, which a helper that it started may hold open. With it ends
/// whatever it left behind: the rest of its group, and helpers in sessions of their own. The destructor kills
/// what still runs.
class WorkerProcess {
 public:
  /// Starts `program` with `arguments`; its standard input is `input`. Throws InfrastructureError if it
  /// cannot be started.
  WorkerProcess(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                const std::string& input);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  /// For poll(): text to read, or the end.
  std::vector<pollfd> poll_set() const;
  /// What can be read at once, a piece at most; empty where there is nothing.
  std::string read_output();
  std::string read_errors();

  /// Once: asks it to stop, wakes it if it is suspended, and gives it `grace` for that.
  void ask_to_stop(std::chrono::milliseconds grace);
  /// Kills it once its grace is over.
  void enforce_grace();
  bool killed() const { return killed_at_.has_value(); }
  void kill();

  /// How it ended, once it has. What it wrote before can still be read.
  std::optional<WorkerExit> end();

 private:
  using Clock = std::chrono::steady_clock;

  static std::string read_piece(int& descriptor);

  std::string mark_;  // In the environment of the child and of all that it starts.
  pid_t process_ = -1;
  pid_t group_ = -1;
  int handle_ = -1;  // pidfd, or -1 where the kernel has none.
  int output_ = -1;
  int errors_ = -1;
  std::optional<Clock::time_point> deadline_;
  std::optional<WorkerExit> exit_;
  std::optional<Clock::time_point> killed_at_;
};

struct WorkerAnswer {
  WorkerExit exit;
  std::string output;
  std::string errors;  // At most the last megabyte.
};

/// A worker that gave no line for too long, and was ended.
class WorkerSilence : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

constexpr std::chrono::seconds kLongestSilence{600};

/// What a stop that is requested does to a child: ends it within seconds, or waits for what it has to say.
enum class OnStop { kEnd, kWait };

/// Starts, waits and gives all that it wrote. `on_line` sees each line of its output as it comes. A child
/// that writes no line for `silence` is ended: WorkerSilence. One that a stop ends: InterruptedError.
WorkerAnswer ask_worker(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                        const std::string& input,
                        const std::function<void(std::string_view line)>& on_line = {},
                        std::chrono::seconds silence = kLongestSilence, OnStop on_stop = OnStop::kEnd);

/// The last non-empty line, or `otherwise`.
std::string last_line(const std::string& text, const std::string& otherwise);

}  // namespace rraebench
