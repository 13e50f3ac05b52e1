#include "host/program/running/progress_display.hpp"

#include "reports/text.hpp"
#include "tests/support/environment_variable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <pty.h>
#include <regex>
#include <sstream>
#include <thread>
#include <unistd.h>

namespace rraebench {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Standard error is another descriptor, or closed, until the end of the scope.
class ErrorsInto {
 public:
  explicit ErrorsInto(std::optional<int> descriptor) : before_(::dup(STDERR_FILENO)) {
    if (descriptor)
      ::dup2(*descriptor, STDERR_FILENO);
    else
      ::close(STDERR_FILENO);
  }
  ~ErrorsInto() {
    ::dup2(before_, STDERR_FILENO);
    ::close(before_);
  }
  ErrorsInto(const ErrorsInto&) = delete;
  ErrorsInto& operator=(const ErrorsInto&) = delete;

 private:
  int before_;
};

/// A pipe whose reader left gives an error instead of a signal, as in the program, until the end of the
/// scope.
class IgnoredBrokenPipes {
 public:
  IgnoredBrokenPipes() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
  ~IgnoredBrokenPipes() { std::signal(SIGPIPE, before_); }
  IgnoredBrokenPipes(const IgnoredBrokenPipes&) = delete;
  IgnoredBrokenPipes& operator=(const IgnoredBrokenPipes&) = delete;

 private:
  void (*before_)(int);
};

Progress at_step(std::int64_t step) {
  Progress progress;
  progress.stage = "train";
  progress.step = step;
  progress.steps = 100;
  progress.loss = 12.5;
  progress.samples_per_second = 1234;
  return progress;
}

RunRecord ended(RunStatus status, const std::string& message = "") {
  RunRecord run;
  run.status = status;
  run.message = message;
  return run;
}

/// Two runs from their start to their end.
void show_all(const std::string& title, const std::string& message) {
  ProgressDisplay display(2);
  display.started("a", title);
  display.started("b", "other");
  std::this_thread::sleep_for(std::chrono::milliseconds(120));  // Until it may draw again.
  display.progressed("a", at_step(50));
  display.note("a note");
  display.finished("a", ended(RunStatus::kOk));
  display.finished("b", ended(RunStatus::kError, message));
}

std::string take(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer{};
  pollfd readable{descriptor, POLLIN, 0};
  while (::poll(&readable, 1, 50) > 0 && (readable.revents & POLLIN) != 0) {
    const auto count = ::read(descriptor, buffer.data(), buffer.size());
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

/// What a terminal of that many columns is sent.
std::string seen_on_terminal(unsigned short columns, const std::string& title = "tiny · ae · seed 0",
                             const std::string& message = "no") {
  int master = -1;
  int slave = -1;
  winsize size{24, columns, 0, 0};
  if (::openpty(&master, &slave, nullptr, nullptr, &size) != 0) return "no terminal";
  {
    const ErrorsInto terminal(slave);
    show_all(title, message);
  }
  auto text = take(master);
  ::close(slave);
  ::close(master);
  return text;
}

/// The widest of the lines that are drawn over, which begin with two spaces.
std::size_t widest_redrawn(const std::string& text) {
  std::istringstream lines(std::regex_replace(text, std::regex("\033\\[[0-9;]*[A-Za-z]|\r"), ""));
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);)
    if (line.rfind("  ", 0) == 0) widest = std::max(widest, display_width(line));
  return widest;
}

void expect_shown_to_nobody(std::optional<int> descriptor) {
  const ErrorsInto errors(descriptor);
  EXPECT_NO_THROW(show_all("x", "y"));
}

TEST(ProgressDisplay, GoesOnWhereNothingCanBeWritten) {
  const IgnoredBrokenPipes ignored;
  const int full = ::open("/dev/full", O_WRONLY);
  expect_shown_to_nobody(full);
  ::close(full);
  expect_shown_to_nobody(std::nullopt);
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  ::close(pipe[0]);
  expect_shown_to_nobody(pipe[1]);
  ::close(pipe[1]);
  int master = -1;
  int slave = -1;
  ASSERT_EQ(::openpty(&master, &slave, nullptr, nullptr, nullptr), 0);
  ::close(master);
  expect_shown_to_nobody(slave);
  ::close(slave);
  EXPECT_THAT(seen_on_terminal(80),
              AllOf(HasSubstr("a note"), HasSubstr("tiny · ae · seed 0"), HasSubstr("[2/2]")))
      << "all of it, where it can be written again";
}

TEST(ProgressDisplay, DoesNotWaitForAReaderThatStopped) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  std::string read;
  {
    const ErrorsInto errors(pipe[1]);
    ProgressDisplay display(1);
    for (int i = 0; i < 2000; ++i) display.note("line " + std::to_string(i) + std::string(100, '.'));
    read = take(pipe[0]);
    display.note("the last");
    read += take(pipe[0]);
    for (int i = 0; i < 10 && read.find("the last") == std::string::npos; ++i) {
      display.note("again");
      read += take(pipe[0]);
    }
  }
  EXPECT_THAT(read, HasSubstr("line 0."));
  EXPECT_THAT(read, HasSubstr("line 1999."));  // Nothing was lost: it came when there was room.
  EXPECT_THAT(read, HasSubstr("the last"));
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST(ProgressDisplay, ObeysTermAndNoColor) {
  const EnvironmentVariable plain("NO_COLOR", nullptr);
  for (const char* kind : {"dumb", "", static_cast<const char*>(nullptr)}) {
    const EnvironmentVariable term("TERM", kind);
    EXPECT_THAT(seen_on_terminal(80), AllOf(Not(HasSubstr("\033")), HasSubstr("[1/2]")));
  }
  const EnvironmentVariable term("TERM", "xterm");
  EXPECT_THAT(seen_on_terminal(80), AllOf(HasSubstr("\033[32m✓"), HasSubstr("\033[A"), HasSubstr("█")));
  {
    const EnvironmentVariable empty("NO_COLOR", "");
    EXPECT_THAT(seen_on_terminal(80), HasSubstr("\033[32m"));
  }
  const EnvironmentVariable set("NO_COLOR", "1");
  EXPECT_THAT(seen_on_terminal(80), AllOf(Not(HasSubstr("\033[32m")), HasSubstr("\033[A")));
}

TEST(ProgressDisplay, LinesAreNeverWiderThanTheWindow) {
  const EnvironmentVariable term("TERM", "xterm");
  for (const unsigned short columns : {1, 2, 3, 12, 20, 40, 60, 100})
    for (const char* title :
         {"tiny · ae · seed 0", "tiny · 自動符号化器自動符号化器 · seed 0", "e\u0301e\u0301e\u0301"})
      EXPECT_LT(widest_redrawn(seen_on_terminal(columns, title)), columns) << title;
  EXPECT_GT(widest_redrawn(seen_on_terminal(40)), 30U);
  EXPECT_LT(widest_redrawn(seen_on_terminal(0)), 80U);  // Unknown.
}

TEST(ProgressDisplay, SaysWhenAllIsDoneInNarrowWindowsToo) {
  const EnvironmentVariable term("TERM", "xterm");
  const EnvironmentVariable plain("NO_COLOR", "1");
  for (const unsigned short columns : {40, 80}) {
    const auto seen = seen_on_terminal(columns, "a suite of a long name · a model of a long name · seed 0");
    EXPECT_THAT(seen, AllOf(HasSubstr("0 of 2 runs done"), HasSubstr("1 of 2 runs done, about 0:00 left"),
                            HasSubstr("train 50/100")))
        << columns;
  }
}

TEST(ProgressDisplay, ShowsNoControlCharactersOfOthers) {
  const EnvironmentVariable term("TERM", "xterm");
  const auto seen =
      seen_on_terminal(200, "a\033]0;owned\007b", "bad\033[2Jnews\xff\n" + std::string(20'000'000, 'x'));
  EXPECT_THAT(seen, AllOf(HasSubstr("a\\x1b]0;owned\\x07b"), HasSubstr("bad\\x1b[2Jnews\\xff x")));
  EXPECT_LT(seen.size(), 5000U);
}

}  // namespace
}  // namespace rraebench
