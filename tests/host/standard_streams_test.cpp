#include "host/program/processes/worker_process.hpp"
#include "program.hpp"
#include "program_paths.hpp"
#include "reports/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <pty.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace rraebench {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// In a shell, with the program as $B.
ProgramResult shell(const TemporaryFolder& folder, const std::string& script) {
  const auto setting = "B=" + quote_shell(kProgram) + "; cd " + quote_shell(folder.path().string()) + "\n";
  const auto answer = ask_worker("/bin/bash", {"-c", setting + script}, "");
  return {answer.exit.exit_code.value_or(-1), answer.output, answer.errors};
}

constexpr const char* kOk =
    "; echo \"exit $?\"; $B query \"select count(*) from run where status = 'ok'\" --format csv --db r.db; "
    "rm -rf r.db*";

TEST(StandardStreams, ASuiteGoesToItsEndWhereNobodyListens) {
  const TemporaryFolder folder;
  folder.write("tiny.toml", tiny_suite(model_table("ae"), "[0, 1]"));
  const std::string run = "$B run tiny.toml --threads 1 --db r.db ";
  for (const char* errors : {"2> /dev/full", "2>&-", "<&- >&- 2>&-"})
    EXPECT_EQ(shell(folder, run + errors + kOk).output, "exit 0\ncount(*)\r\n2\r\n") << errors;
  EXPECT_EQ(shell(folder, "( " + run + "2>&1; echo \"exit $?\" > code ) | head -1 > /dev/null; cat code" +
                              std::string(kOk))
                .output,
            "exit 0\nexit 0\ncount(*)\r\n2\r\n");
}

TEST(StandardStreams, FilesThatMayNotGrowAreAnErrorAndTheSameCommandGoesOn) {
  const TemporaryFolder folder;
  folder.write("tiny.toml", tiny_suite(model_table("ae"), "[0]"));
  const std::string run = "$B run tiny.toml --threads 1 --db r.db";
  const auto limited = shell(folder, "ulimit -f 100; " + run);
  EXPECT_EQ(limited.exit_code, 2) << "not ended by a signal";
  EXPECT_THAT(limited.errors, HasSubstr("r.db: disk I/O error; check the disk it lies on"));
  EXPECT_EQ(shell(folder, run).exit_code, 0);
}

TEST(StandardStreams, ASuiteGoesToItsEndWhenItsTerminalIsClosed) {
  const TemporaryFolder folder;
  folder.write("tiny.toml", tiny_suite(model_table("ae"), "[0, 1]", 2000));
  const auto suite = (folder / "tiny.toml").string();
  const auto database = (folder / "r.db").string();
  int terminal = -1;
  const pid_t program = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  ASSERT_GE(program, 0);
  if (program == 0) {
    std::signal(SIGHUP, SIG_IGN);  // As nohup and disown do.
    ::execl(kProgram, kProgram, "run", suite.c_str(), "--threads", "1", "--db", database.c_str(), nullptr);
    ::_exit(127);
  }
  std::this_thread::sleep_for(std::chrono::seconds(1));
  ::close(terminal);
  int status = 0;
  ASSERT_EQ(::waitpid(program, &status, 0), program);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(query_value(database, "select count(*) from run where status = 'ok'"), "2");
}

TEST(StandardStreams, WhatCannotBeWrittenIsAnError) {
  const TemporaryFolder folder;
  folder.write("tiny.toml", tiny_suite(model_table("ae")));
  ASSERT_EQ(shell(folder, "$B run tiny.toml --threads 1 --db r.db").exit_code, 0);
  for (const char* command : {"list metrics", "--help", "--version", "run --help",
                              "query --view runs --db r.db", "report --output - --db r.db",
                              "run tiny.toml --plan --db r.db", "new-plugin my-model", "check-plugin ae"}) {
    const auto full = shell(folder, std::string("$B ") + command + " > /dev/full");
    EXPECT_EQ(full.exit_code, 2) << command;
    EXPECT_THAT(full.errors,
                HasSubstr("rraebench: standard output: cannot be written: No space left on device\n"))
        << command;
  }
  const auto closed = shell(folder, "$B list metrics >&-");
  EXPECT_EQ(closed.exit_code, 2);
  EXPECT_THAT(closed.errors, StartsWith("rraebench: standard output: cannot be written"));
}

TEST(StandardStreams, AReaderThatLeftEndsItQuietly) {
  const TemporaryFolder folder;
  const auto left = shell(folder, "$B list metrics | true; echo ${PIPESTATUS[0]}");
  EXPECT_EQ(left.output, "141\n");
  EXPECT_EQ(left.errors, "");
}

}  // namespace
}  // namespace rraebench
