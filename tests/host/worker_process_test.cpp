#include "host/program/processes/worker_process.hpp"

#include "host/program/processes/line_buffer.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <sstream>
#include <sys/wait.h>

namespace rraebench {
namespace {

bool runs(pid_t process) {
  return ::kill(process, 0) == 0;
}

TEST(WorkerProcess, CarriesInputOutputErrorsAndExitCode) {
  const auto answer = ask_worker("/bin/sh", {"-c", "cat; echo oops >&2; exit 3"}, "hello");
  EXPECT_EQ(answer.output, "hello");
  EXPECT_EQ(answer.errors, "oops\n");
  EXPECT_EQ(answer.exit.exit_code, 3);
  EXPECT_FALSE(answer.exit.signal);
  EXPECT_GT(answer.exit.peak_memory_bytes, 0);
}

TEST(WorkerProcess, ReportsTheSignalThatEndedIt) {
  const auto answer = ask_worker("/bin/sh", {"-c", "kill -SEGV $$"}, "");
  EXPECT_EQ(answer.exit.signal, SIGSEGV);
  EXPECT_FALSE(answer.exit.exit_code);
}

TEST(WorkerProcess, SurvivesAChildThatReadsNothing) {
  const auto answer = ask_worker("/bin/true", {}, std::string(1 << 20, 'x'));
  EXPECT_EQ(answer.exit.exit_code, 0);
}

TEST(WorkerProcess, TakesLargeAnswers) {
  const auto answer =
      ask_worker("/bin/sh", {"-c", "head -c 3000000 /dev/zero; head -c 300000 /dev/zero >&2"}, "");
  EXPECT_EQ(answer.output.size(), 3000000U);
  EXPECT_EQ(answer.errors.size(), 300000U);
}

TEST(WorkerProcess, HandsOnEachLineAsItComes) {
  std::vector<std::string> lines;
  const auto answer = ask_worker("/bin/sh", {"-c", "printf 'a\\nb'; sleep 0.1; printf 'c\\n\\nend'"}, "",
                                 [&](std::string_view line) { lines.emplace_back(line); });
  EXPECT_EQ(lines, (std::vector<std::string>{"a", "bc", ""}));
  EXPECT_EQ(answer.output, "a\nbc\n\nend");
}

TEST(WorkerProcess, IsNotHeldUpByHelpersThatItLeftAndEndsThem) {
  const auto started = std::chrono::steady_clock::now();
  const auto answer = ask_worker("/bin/sh",
                                 {"-c",
                                  "sleep 600 & echo $!; setsid sleep 601 & echo $!; "
                                  "(setsid sh -c 'sleep 602 & sleep 603' &) ; sleep 0.2; echo end"},
                                 "");
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(5));
  EXPECT_EQ(answer.exit.exit_code, 0);
  std::istringstream output(answer.output);
  pid_t first = 0;
  pid_t second = 0;
  std::string end;
  output >> first >> second >> end;
  EXPECT_EQ(end, "end");
  EXPECT_FALSE(runs(first));
  EXPECT_FALSE(runs(second));
  // And all that those started.
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

TEST(WorkerProcess, IsWaitedForWhenItHasClosedItsOutput) {
  const auto answer = ask_worker("/bin/sh", {"-c", "exec >&- 2>&-; sleep 0.3; exit 4"}, "");
  EXPECT_EQ(answer.exit.exit_code, 4);
}

TEST(WorkerProcess, IsEndedWhenItSaysNothingForTooLong) {
  const auto silent = [](const std::string& script) {
    ask_worker("/bin/sh", {"-c", script}, "", {}, std::chrono::seconds(1));
  };
  EXPECT_THROW(silent("sleep 600"), WorkerSilence);
  EXPECT_THROW(silent("kill -STOP $$"), WorkerSilence);
  EXPECT_THROW(silent("trap '' TERM; while :; do echo much >&2; sleep 0.1; done"), WorkerSilence);
}

TEST(WorkerProcess, KeepsTheEndOfEndlessErrors) {
  const auto answer = ask_worker("/bin/sh", {"-c", "head -c 20000000 /dev/zero >&2; echo end >&2"}, "");
  EXPECT_LT(answer.errors.size(), 2U << 20);
  EXPECT_EQ(answer.errors.substr(answer.errors.size() - 4), "end\n");
}

TEST(WorkerProcess, AMissingProgramIsAnError) {
  EXPECT_THROW(ask_worker("/nowhere/program", {}, ""), std::runtime_error);
}

TEST(LineBuffer, GivesWholeLinesOutOfPieces) {
  LineBuffer buffer;
  std::string lines;
  const auto take = [&](std::string_view line) { lines += "<" + std::string(line) + ">"; };
  for (const char* piece : {"a", "b\n\nc\nd", "", "e\n", "f"}) buffer.add(piece, take);
  EXPECT_EQ(lines, "<ab><><c><de>");
  EXPECT_EQ(buffer.unfinished_size(), 1U);
}

TEST(LastLine, SkipsBlankEnds) {
  EXPECT_EQ(last_line("a\nb\n\n", "none"), "b");
  EXPECT_EQ(last_line("a", "none"), "a");
  EXPECT_EQ(last_line("\n \n", "none"), "none");
}

}  // namespace
}  // namespace rraebench
