#include "host/program/worker_process.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace rraebench {
namespace {

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

TEST(WorkerProcess, AMissingProgramIsAnError) {
  EXPECT_THROW(ask_worker("/nowhere/program", {}, ""), std::runtime_error);
}

TEST(LastLine, SkipsBlankEnds) {
  EXPECT_EQ(last_line("a\nb\n\n", "none"), "b");
  EXPECT_EQ(last_line("a", "none"), "a");
  EXPECT_EQ(last_line("\n \n", "none"), "none");
}

}  // namespace
}  // namespace rraebench
