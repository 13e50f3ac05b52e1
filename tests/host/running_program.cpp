#include "running_program.hpp"

#include "program.hpp"
#include "program_paths.hpp"
#include "tests/support/temporary_folder.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;

namespace rraebench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Of a process, whose files go when it does; empty then.
std::string file_of(pid_t process, const std::string& name) {
  const std::ifstream file("/proc/" + std::to_string(process) + "/" + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Whether its main thread sleeps or is suspended at this moment.
bool rests(pid_t process) {
  const auto status = file_of(process, "status");
  const std::string entry = "\nState:\t";
  const auto place = status.find(entry);
  if (place == std::string::npos) return false;
  const char state = status.at(place + entry.size());
  return state == 'S' || state == 'T';
}

}  // namespace

bool becomes_true(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (!condition()) {
    if (Clock::now() > deadline) return false;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return true;
}

RunningProgram::RunningProgram(const std::vector<std::string>& arguments) {
  static int started = 0;
  errors_file_ = (std::filesystem::temp_directory_path() /
                  ("rraebench-errors-" + std::to_string(::getpid()) + "-" + std::to_string(++started)))
                     .string();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors_file_.c_str(),
                                   O_CREAT | O_WRONLY | O_TRUNC, 0600);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  fill_new_cache(arguments);
  std::vector<std::string> words{kProgram};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const int error = ::posix_spawn(&process_, kProgram, &actions, &attributes, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error == 0) return;
  std::error_code ignored;
  std::filesystem::remove(errors_file_, ignored);
  throw std::runtime_error(std::string(kProgram) + ": cannot be started: " + std::strerror(error));
}

RunningProgram::~RunningProgram() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove(errors_file_, ignored);
}

void RunningProgram::signal(int signal) const {
  if (process_ > 0) ::kill(process_, signal);
}

bool RunningProgram::ends_within(std::chrono::milliseconds limit) {
  return becomes_true(
      [&] {
        int status = 0;
        if (process_ > 0 && ::waitpid(process_, &status, WNOHANG) == process_) {
          process_ = -1;
          exit_code_ = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
        }
        return process_ <= 0;
      },
      limit);
}

std::string RunningProgram::errors() const {
  return read_file(errors_file_);
}

bool RunningProgram::says(const std::string& text, std::chrono::seconds limit) const {
  return becomes_true([&] { return errors().find(text) != std::string::npos; }, limit);
}

std::vector<pid_t> processes_with(const std::string& entry) {
  std::vector<pid_t> found;
  std::error_code ignored;
  for (const auto& folder : std::filesystem::directory_iterator("/proc", ignored)) {
    const auto name = folder.path().filename().string();
    pid_t process = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (error != std::errc() || end != name.data() + name.size() || process == ::getpid()) continue;
    const auto environment = '\0' + file_of(process, "environ");
    if (environment.find('\0' + entry + '\0') != std::string::npos) found.push_back(process);
  }
  return found;
}

std::string command_of(pid_t process) {
  auto command = file_of(process, "cmdline");
  std::replace(command.begin(), command.end(), '\0', ' ');
  return command;
}

bool all_gone(const std::string& entry, std::chrono::seconds limit) {
  return becomes_true([&] { return processes_with(entry).empty(); }, limit);
}

bool trains(const std::string& database) {
  return becomes_true(
      [&] {
        const auto status = call({"status", "--db", database, "--format", "json"});
        const auto document = nlohmann::json::parse(status.output, nullptr, /*allow_exceptions=*/false);
        return document.is_object() && document.contains("running") && !document["running"].empty() &&
               document["running"][0]["stage"] == "train" && document["running"][0]["step"] > 0;
      },
      std::chrono::seconds(120));
}

bool hangs(pid_t worker, const std::string& plugin) {
  constexpr int kLooks = 15;  // One after the other: 0.3 s.
  int at_rest = 0;
  return becomes_true(
      [&] {
        const bool is_loaded = file_of(worker, "maps").find(plugin) != std::string::npos;
        at_rest = is_loaded && rests(worker) ? at_rest + 1 : 0;
        return at_rest == kLooks;
      },
      std::chrono::seconds(120));
}

std::string mark_children(const std::string& test) {
  const auto value = test + "." + std::to_string(::getpid());
  ::setenv("RRAEBENCH_TEST", value.c_str(), 1);
  return "RRAEBENCH_TEST=" + value;
}

}  // namespace rraebench
