#pragma once
// Implements: one child process with pipes for its input, its output and its errors.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace rraebench {

struct WorkerExit {
  std::optional<int> exit_code;  // Exactly one of the two is set.
  std::optional<int> signal;
  std::int64_t peak_memory_bytes = 0;
};

/// A started child in a process group of its own, so that Ctrl-C reaches this program alone. The destructor
/// kills what still runs.
class WorkerProcess {
 public:
  /// Starts `program` with `arguments` and hands it `input`. Throws std::runtime_error if it cannot be
  /// started.
  WorkerProcess(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                const std::string& input);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  int output() const { return output_; }  // File descriptors to poll and read.
  int errors() const { return errors_; }
  void send_signal(int signal) const;
  /// Waits for the end. Call once, after both descriptors have ended.
  WorkerExit wait();

 private:
  pid_t process_ = -1;
  int output_ = -1;
  int errors_ = -1;
};

struct WorkerAnswer {
  WorkerExit exit;
  std::string output;
  std::string errors;
};

/// Starts, waits and gives all that it wrote. `on_line` sees each line of its output as it comes.
WorkerAnswer ask_worker(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                        const std::string& input,
                        const std::function<void(std::string_view line)>& on_line = {});

/// The last non-empty line, or `otherwise`.
std::string last_line(const std::string& text, const std::string& otherwise);

}  // namespace rraebench
