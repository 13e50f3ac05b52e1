#pragma once
// Implements: the real program in a session of its own, to be signalled while it works.

#include <chrono>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace rraebench {

class BackgroundProgram {
 public:
  /// Starts it; what it writes goes to `log`, appended.
  BackgroundProgram(const std::vector<std::string>& arguments, const std::string& log);
  /// Kills what is left of it.
  ~BackgroundProgram();
  BackgroundProgram(const BackgroundProgram&) = delete;
  BackgroundProgram& operator=(const BackgroundProgram&) = delete;

  pid_t id() const { return process_; }
  /// Its worker processes, whether it lives or not: by their parent's or their own session.
  std::vector<pid_t> workers() const;
  /// The exit code, 128 + signal where one ended it; nullopt where it has not ended within `limit`.
  std::optional<int> wait(std::chrono::milliseconds limit);

 private:
  pid_t process_ = -1;
  std::optional<int> code_;
};

/// Processes that run the worker of this build.
std::vector<pid_t> all_workers();

}  // namespace rraebench
