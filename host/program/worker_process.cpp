#include "host/program/worker_process.hpp"

#include "host/program/line_buffer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace rraebench {
namespace {

struct Pipe {
  int read = -1;
  int write = -1;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::runtime_error(std::string("cannot make a pipe: ") + std::strerror(errno));
  return {ends[0], ends[1]};
}

void write_all(int descriptor, const std::string& text) {
  // A child that dies at once must not take this program with it.
  std::signal(SIGPIPE, SIG_IGN);
  std::size_t written = 0;
  while (written < text.size()) {
    const auto count = ::write(descriptor, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    written += static_cast<std::size_t>(count);
  }
}

}  // namespace

WorkerProcess::WorkerProcess(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                             const std::string& input) {
  const auto in = make_pipe();
  const auto out = make_pipe();
  const auto err = make_pipe();

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);

  std::vector<std::string> words{program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  const int error =
      ::posix_spawn(&process_, program.c_str(), &actions, &attributes, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  ::close(in.read);
  ::close(out.write);
  ::close(err.write);
  output_ = out.read;
  errors_ = err.read;
  if (error != 0) {
    ::close(in.write);
    ::close(output_);
    ::close(errors_);
    throw std::runtime_error(program.string() + ": cannot be started: " + std::strerror(error));
  }
  write_all(in.write, input);
  ::close(in.write);
}

WorkerProcess::~WorkerProcess() {
  if (process_ > 0) {
    ::kill(-process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  ::close(output_);
  ::close(errors_);
}

void WorkerProcess::send_signal(int signal) const {
  if (process_ > 0) ::kill(-process_, signal);
}

WorkerExit WorkerProcess::wait() {
  int status = 0;
  rusage usage{};
  while (::wait4(process_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  process_ = -1;
  WorkerExit exit;
  if (WIFSIGNALED(status)) {
    exit.signal = WTERMSIG(status);
  } else {
    exit.exit_code = WEXITSTATUS(status);
  }
  exit.peak_memory_bytes = static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
  return exit;
}

WorkerAnswer ask_worker(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                        const std::string& input, const std::function<void(std::string_view line)>& on_line) {
  WorkerProcess worker(program, arguments, input);
  WorkerAnswer answer;
  LineBuffer lines;
  std::array<pollfd, 2> polled{pollfd{worker.output(), POLLIN, 0}, pollfd{worker.errors(), POLLIN, 0}};
  std::array<std::string*, 2> texts{&answer.output, &answer.errors};
  while (polled[0].fd >= 0 || polled[1].fd >= 0) {
    if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) break;
    for (std::size_t i = 0; i < polled.size(); ++i) {
      if (polled[i].fd < 0 || polled[i].revents == 0) continue;
      std::array<char, 65536> buffer{};
      const auto count = ::read(polled[i].fd, buffer.data(), buffer.size());
      const std::string_view text(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
      texts[i]->append(text);
      if (on_line && i == 0) lines.add(text, on_line);
      if (count == 0 || (count < 0 && errno != EINTR)) polled[i].fd = -1;
    }
  }
  answer.exit = worker.wait();
  return answer;
}

std::string last_line(const std::string& text, const std::string& otherwise) {
  const auto end = text.find_last_not_of("\n\r ");
  if (end == std::string::npos) return otherwise;
  const auto start = text.rfind('\n', end);
  return text.substr(start == std::string::npos ? 0 : start + 1,
                     end - (start == std::string::npos ? 0 : start + 1) + 1);
}

}  // namespace rraebench
