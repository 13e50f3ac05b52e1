#include "host/program/processes/worker_process.hpp"

#include "host/common/child_processes.hpp"
#include "host/common/errors.hpp"
#include "host/common/stop_request.hpp"
#include "host/program/processes/line_buffer.hpp"
#include "host/program/processes/worker_environment.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace rraebench {
namespace {

constexpr std::size_t kPipePiece = 65536;
constexpr std::size_t kErrorsTail = std::size_t{1} << 20;
constexpr std::size_t kLongestAnswer = std::size_t{256} << 20;
// Of a worker that is asked, which has nothing to save.
constexpr std::chrono::milliseconds kGraceOfQuestion{3000};
constexpr std::chrono::milliseconds kPatienceAfterKill{3000};
constexpr int kPollOfQuestionMilliseconds = 200;

[[noreturn]] void fail(const std::string& what) {
  throw InfrastructureError(what + ": " + std::strerror(errno));
}

/// A descriptor that is none of the three standard ones, which this program may have been started without.
int above_standard(int descriptor) {
  if (descriptor > STDERR_FILENO || descriptor < 0) return descriptor;
  const int moved = ::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  ::close(descriptor);
  return moved;
}

class Descriptor {
 public:
  explicit Descriptor(int descriptor = -1) : descriptor_(above_standard(descriptor)) {}
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Descriptor(Descriptor&& other) noexcept : descriptor_(other.release()) {}
  Descriptor& operator=(Descriptor&&) = delete;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

struct Pipe {
  Descriptor read;
  Descriptor write;
};

/// Its end for reading never waits.
Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("cannot make a pipe");
  Pipe pipe{Descriptor(ends[0]), Descriptor(ends[1])};
  ::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
  return pipe;
}

/// A file in memory with `text`, to be read from its beginning: however long, nobody waits for its reader.
Descriptor make_input(const std::string& text) {
  Descriptor file(::memfd_create("rraebench-input", MFD_CLOEXEC));
  if (file.get() < 0) fail("cannot make a file in memory");
  for (std::size_t written = 0; written < text.size();) {
    const auto count = ::write(file.get(), text.data() + written, text.size() - written);
    if (count < 0 && errno != EINTR) fail("cannot write a file in memory");
    written += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

/// "RRAEBENCH_PROGRAM=<this process>.<number of the child>"
std::string next_mark() {
  static std::atomic<std::int64_t> started{0};
  return std::string(kWorkerMark) + "=" + std::to_string(::getpid()) + "." + std::to_string(++started);
}

/// posix_spawn() with its attributes and actions.
class Spawn {
 public:
  Spawn() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attributes_, 0);
    // Not SIGHUP, which stays ignored under nohup.
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGQUIT, SIGCHLD}) sigaddset(&signals, signal);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
  }
  ~Spawn() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;

  void give(const Descriptor& descriptor, int as) {
    posix_spawn_file_actions_adddup2(&actions_, descriptor.get(), as);
  }

  pid_t start(const std::filesystem::path& program, const std::vector<std::string>& arguments,
              const std::string& mark) {
    std::vector<std::string> words{program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> inherited;
    for (char** entry = environ; *entry != nullptr; ++entry) inherited.emplace_back(*entry);
    auto entries = worker_environment(inherited, mark);
    pid_t process = -1;
    errno = ::posix_spawn(&process, program.c_str(), &actions_, &attributes_, pointers(words).data(),
                          pointers(entries).data());
    if (errno != 0) fail(program.string() + ": cannot be started");
    return process;
  }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> found;
    for (auto& text : texts) found.push_back(text.data());
    found.push_back(nullptr);
    return found;
  }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

int open_handle(pid_t process) {
#ifdef SYS_pidfd_open
  return above_standard(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
#else
  return -1;
#endif
}

WorkerExit exit_of(int status, const rusage& usage) {
  WorkerExit exit;
  if (WIFSIGNALED(status)) {
    exit.signal = WTERMSIG(status);
  } else {
    exit.exit_code = WEXITSTATUS(status);
  }
  exit.peak_memory_bytes = static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
  return exit;
}

}  // namespace

WorkerProcess::WorkerProcess(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                             const std::string& input)
    : mark_(next_mark()) {
  adopt_orphans();
  const auto in = make_input(input);
  auto out = make_pipe();
  auto err = make_pipe();
  Spawn spawn;
  spawn.give(in, STDIN_FILENO);
  spawn.give(out.write, STDOUT_FILENO);
  spawn.give(err.write, STDERR_FILENO);
  process_ = group_ = spawn.start(program, arguments, mark_);
  handle_ = open_handle(process_);
  output_ = out.read.release();
  errors_ = err.read.release();
}

WorkerProcess::~WorkerProcess() {
  if (process_ > 0) kill();
  while (!end()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  for (const int descriptor : {handle_, output_, errors_})
    if (descriptor >= 0) ::close(descriptor);
}

std::vector<pollfd> WorkerProcess::poll_set() const {
  return {{output_, POLLIN, 0}, {errors_, POLLIN, 0}, {handle_, POLLIN, 0}};
}

std::string WorkerProcess::read_piece(int& descriptor) {
  if (descriptor < 0) return {};
  std::string text(kPipePiece, '\0');
  const auto count = ::read(descriptor, text.data(), text.size());
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) {
    ::close(descriptor);
    descriptor = -1;
  }
  return text;
}

std::string WorkerProcess::read_output() {
  return read_piece(output_);
}

std::string WorkerProcess::read_errors() {
  return read_piece(errors_);
}

void WorkerProcess::ask_to_stop(std::chrono::milliseconds grace) {
  if (deadline_ || process_ <= 0) return;
  deadline_ = Clock::now() + grace;
  // The process alone: helpers that it works with end with it.
  ::kill(process_, SIGTERM);
  ::kill(process_, SIGCONT);
}

void WorkerProcess::enforce_grace() {
  if (deadline_ && !killed() && Clock::now() >= *deadline_) kill();
}

void WorkerProcess::kill() {
  if (!killed_at_) killed_at_ = Clock::now();
  if (process_ > 0) ::kill(-group_, SIGKILL);
}

std::optional<WorkerExit> WorkerProcess::end() {
  if (exit_) return exit_;
  // Its number stays taken until it is waited for: until then the group can be none but its own.
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
      info.si_pid == 0) {
    // One that waits in the kernel, for a dead network drive say, cannot even be killed: it is left.
    if (killed_at_ && Clock::now() - *killed_at_ > kPatienceAfterKill) {
      process_ = -1;
      exit_ = WorkerExit{std::nullopt, SIGKILL, 0};
    }
    return exit_;
  }
  ::kill(-group_, SIGKILL);
  int status = 0;
  rusage usage{};
  while (::wait4(process_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  process_ = -1;
  exit_ = exit_of(status, usage);
  end_children(mark_);
  while (::waitpid(-group_, nullptr, WNOHANG) > 0) {
  }
  return exit_;
}

namespace {

/// Gathers what a worker says until it ends, and sees to it that it does.
class Conversation {
 public:
  Conversation(WorkerProcess& worker, const std::function<void(std::string_view line)>& on_line,
               std::chrono::seconds silence, OnStop on_stop)
      : worker_(worker), on_line_(on_line), silence_(silence), on_stop_(on_stop), last_line_(Clock::now()) {}

  WorkerAnswer run() {
    std::optional<WorkerExit> exit;
    while (!exit) {
      auto descriptors = worker_.poll_set();
      ::poll(descriptors.data(), descriptors.size(), kPollOfQuestionMilliseconds);
      // Before what it wrote is read: after its end nothing comes that is not there now.
      exit = worker_.end();
      take_pieces();
      if (!exit) watch();
    }
    for (int piece = 0; piece < kPiecesOfAFullPipe && take_pieces(); ++piece) {
    }
    answer_.exit = *exit;
    if (interrupted_) throw InterruptedError();
    if (!fault_.empty()) throw WorkerSilence("the worker " + fault_ + ", and was ended");
    return std::move(answer_);
  }

 private:
  using Clock = std::chrono::steady_clock;

  bool take_pieces() {
    const auto output = worker_.read_output();
    const auto errors = worker_.read_errors();
    if (output.find('\n') != std::string::npos) last_line_ = Clock::now();
    answer_.output += output;
    if (on_line_ && fault_.empty()) lines_.add(output, on_line_);
    answer_.errors += errors;
    if (answer_.errors.size() > kErrorsTail) answer_.errors.erase(0, answer_.errors.size() - kErrorsTail / 2);
    return !output.empty() || !errors.empty();
  }

  void watch() {
    interrupted_ = interrupted_ || (on_stop_ == OnStop::kEnd && stop_requested());
    if (answer_.output.size() > kLongestAnswer) give_up("gave an answer without end");
    if (Clock::now() - last_line_ > silence_)
      give_up("gave no answer for " + std::to_string(silence_.count()) + " s");
    if (interrupted_ || !fault_.empty()) worker_.ask_to_stop(kGraceOfQuestion);
    worker_.enforce_grace();
  }

  void give_up(const std::string& fault) {
    if (fault_.empty()) fault_ = fault;
    if (answer_.output.size() > kLongestAnswer) worker_.kill();
  }

  WorkerProcess& worker_;
  const std::function<void(std::string_view line)>& on_line_;
  std::chrono::seconds silence_;
  OnStop on_stop_;
  Clock::time_point last_line_;
  LineBuffer lines_;
  WorkerAnswer answer_;
  std::string fault_;
  bool interrupted_ = false;
};

}  // namespace

WorkerAnswer ask_worker(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                        const std::string& input, const std::function<void(std::string_view line)>& on_line,
                        std::chrono::seconds silence, OnStop on_stop) {
  WorkerProcess worker(program, arguments, input);
  return Conversation(worker, on_line, silence, on_stop).run();
}

std::string last_line(const std::string& text, const std::string& otherwise) {
  const auto end = text.find_last_not_of("\n\r ");
  if (end == std::string::npos) return otherwise;
  const auto start = text.rfind('\n', end);
  return text.substr(start == std::string::npos ? 0 : start + 1,
                     end - (start == std::string::npos ? 0 : start + 1) + 1);
}

}  // namespace rraebench
