#include "host/common/child_processes.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace rraebench {
namespace {

constexpr auto kPatience = std::chrono::seconds(1);

/// Empty where the process has gone, also where it goes while its file is read: an iterator would throw then.
std::string read_process_file(pid_t process, const char* name) {
  const std::ifstream file("/proc/" + std::to_string(process) + "/" + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// -1 where the process has gone. Its name, the second field, may hold blanks and brackets.
pid_t parent_of(pid_t process) {
  const auto text = read_process_file(process, "stat");
  const auto name_end = text.rfind(')');
  pid_t parent = -1;
  if (name_end == std::string::npos || name_end + 4 > text.size()) return parent;
  std::from_chars(text.data() + name_end + 4, text.data() + text.size(), parent);  // ") S 123"
  return parent;
}

bool has_entry(pid_t process, const std::string& entry) {
  const auto environment = '\0' + read_process_file(process, "environ");
  return environment.find('\0' + entry + '\0') != std::string::npos;
}

std::vector<pid_t> children() {
  std::vector<pid_t> found;
  std::error_code ignored;
  for (const auto& folder : std::filesystem::directory_iterator("/proc", ignored)) {
    const auto name = folder.path().filename().string();
    pid_t process = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (error == std::errc() && end == name.data() + name.size() && parent_of(process) == ::getpid())
      found.push_back(process);
  }
  return found;
}

}  // namespace

void adopt_orphans() {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void end_children(const std::string& entry) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::vector<pid_t> killed;
  do {
    bool found = false;
    for (const auto child : children()) {
      // What was killed has no environment any more, but must be waited for.
      const bool known = std::find(killed.begin(), killed.end(), child) != killed.end();
      if (!known && !entry.empty() && !has_entry(child, entry)) continue;
      found = true;
      ::kill(child, SIGKILL);
      if (!known) killed.push_back(child);
      ::waitpid(child, nullptr, WNOHANG);
    }
    if (!found) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  } while (std::chrono::steady_clock::now() < deadline);
}

}  // namespace rraebench
