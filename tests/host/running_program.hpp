#pragma once
// Implements: the real program as a process that a test can signal, and what is left of it.

#include <chrono>
#include <functional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace rraebench {

/// The program in a process group of its own. The destructor kills it.
class RunningProgram {
 public:
  /// Throws std::runtime_error if it cannot be started.
  explicit RunningProgram(const std::vector<std::string>& arguments);
  ~RunningProgram();
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  pid_t process() const { return process_; }
  void signal(int signal) const;
  /// Whether it ends within this time.
  bool ends_within(std::chrono::milliseconds limit);
  /// After its end; negative: the signal that ended it.
  int exit_code() const { return exit_code_; }
  /// What it has written to standard error so far.
  std::string errors() const;
  /// Waits until it has written `text` there.
  bool says(const std::string& text, std::chrono::seconds limit) const;

 private:
  std::string errors_file_;
  pid_t process_ = -1;
  int exit_code_ = 0;
};

/// Processes that have `entry` ("NAME=value") in their environment, as those have that were started by one
/// that has.
std::vector<pid_t> processes_with(const std::string& entry);

/// Its program and arguments, each followed by a blank.
std::string command_of(pid_t process);

/// Looks again and again, at most until `limit`.
bool becomes_true(const std::function<bool()>& condition, std::chrono::milliseconds limit);

/// Whether within `limit` no such process is left.
bool all_gone(const std::string& entry, std::chrono::seconds limit);

/// Waits until a run into the results file makes steps.
bool trains(const std::string& database);

/// Waits until the worker has loaded the plugin (a part of its file's name) and does nothing any more.
bool hangs(pid_t worker, const std::string& plugin);

/// Gives this process, and so all that it starts from now on, an entry of its own: "RRAEBENCH_TEST=<...>".
std::string mark_children(const std::string& test);

}  // namespace rraebench
