#include "background_program.hpp"

#include "program_paths.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace rraebench {

BackgroundProgram::BackgroundProgram(const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<std::string> words{kProgram};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  process_ = ::fork();
  if (process_ < 0) throw std::runtime_error("cannot fork");
  if (process_ > 0) return;
  ::setsid();
  const int file = ::open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0644);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(file, STDOUT_FILENO);
  ::dup2(file, STDERR_FILENO);
  ::execv(kProgram, pointers.data());
  ::_exit(127);
}

BackgroundProgram::~BackgroundProgram() {
  if (code_) return;
  ::kill(process_, SIGCONT);
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

std::vector<pid_t> BackgroundProgram::workers() const {
  std::vector<pid_t> own;
  for (const auto worker : all_workers())
    if (::getsid(worker) == process_) own.push_back(worker);
  return own;
}

std::optional<int> BackgroundProgram::wait(std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!code_) {
    int status = 0;
    const auto ended = ::waitpid(process_, &status, WNOHANG);
    if (ended == process_) {
      code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    } else if (std::chrono::steady_clock::now() >= end) {
      return std::nullopt;
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  return code_;
}

std::vector<pid_t> all_workers() {
  const auto worker = std::filesystem::canonical(kWorker);
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto id = std::atoi(entry.path().filename().c_str());
    if (id <= 0) continue;
    std::error_code error;
    if (std::filesystem::read_symlink(entry.path() / "exe", error) == worker && !error) found.push_back(id);
  }
  return found;
}

}  // namespace rraebench
