#include "host/program/running/live_status.hpp"

#include "host/program/running/live_status_writer.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace rraebench {
namespace {

LiveStatus status_of(std::int64_t jobs) {
  LiveStatus status;
  status.jobs = jobs;
  return status;
}

LiveRun running(double seconds, std::optional<double> expected) {
  LiveRun run;
  run.seconds = seconds;
  run.expected_seconds = expected;
  return run;
}

TEST(SecondsLeft, AreWhatEarlierRunsTookSharedByTheJobs) {
  auto status = status_of(2);
  status.running = {running(10, 30.0), running(50, 40.0)};  // One takes longer than expected.
  status.waiting = 3;
  status.waiting_seconds = 100;
  EXPECT_EQ(seconds_left(status), 60.0);
  status.waiting_seconds = 0;
  EXPECT_EQ(seconds_left(status), 20.0);  // Nobody helps the last one.
}

TEST(SecondsLeft, AreThoseOfThisSessionWhereNoEarlierRunTells) {
  auto status = status_of(1);
  status.running = {running(4, {})};
  status.waiting = status.waiting_unknown = 2;
  EXPECT_EQ(seconds_left(status), std::nullopt);
  status.done = 1;
  status.failed = 1;
  status.ended_seconds = 20;
  EXPECT_EQ(seconds_left(status), 26.0);
}

TEST(RunsPerHour, CountWhatEnded) {
  auto status = status_of(1);
  status.started = 1000;
  status.updated = 1600;
  EXPECT_EQ(runs_per_hour(status), std::nullopt);
  status.done = 2;
  status.failed = 1;
  EXPECT_EQ(runs_per_hour(status), 18.0);
}

RunRecord ended(RunStatus status, double seconds) {
  RunRecord run;
  run.status = status;
  run.wall_seconds = seconds;
  run.message = "why";
  return run;
}

TEST(LiveStatusFile, FollowsTheRunsAndGoesWithTheirEnd) {
  const TemporaryFolder folder;
  auto first = status_of(2);
  first.command = "rraebench run quick";
  first.complete = 5;
  {
    LiveStatusWriter writer(folder.path(), first,
                            {{"a", 10.0}, {"b", std::nullopt}, {"c", 20.0}, {"d", 7.0}});
    auto read = read_live_status(folder.path());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->command, "rraebench run quick");
    EXPECT_EQ(read->complete, 5);
    EXPECT_EQ(read->to_do, 4);
    EXPECT_EQ(read->waiting_seconds, 37.0);
    EXPECT_EQ(read->waiting_unknown, 1);
    writer.started("b", "B \xff");  // No UTF-8.
    writer.progressed("b", {"train", 3, 30, 0.5, 100.0});
    writer.started("a", "A");
    read = read_live_status(folder.path());
    ASSERT_TRUE(read);
    ASSERT_EQ(read->running.size(), 2u);
    EXPECT_EQ(read->running[0].expected_seconds, 10.0);
    EXPECT_EQ(read->running[1].stage, "train");
    EXPECT_EQ(read->running[1].steps, 30);
    EXPECT_EQ(read->waiting, 2);
    EXPECT_EQ(read->waiting_unknown, 0);
    writer.finished("a", ended(RunStatus::kOk, 12));
    writer.finished("b", ended(RunStatus::kCrash, 3));
    writer.started("c", "C");
    writer.finished("c", ended(RunStatus::kInterrupted, 1));
    writer.started("d", "D");
    read = read_live_status(folder.path());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->done, 1);
    EXPECT_EQ(read->failed, 1);
    EXPECT_EQ(read->ended_seconds, 15.0);
    ASSERT_EQ(read->failures.size(), 1u);
    EXPECT_EQ(read->failures[0].status, "crash");
    EXPECT_EQ(read->running.size(), 1u);
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(LiveStatusFile, OfAnotherProgramOrDamagedIsNone) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_live_status(folder.path()), std::nullopt);
  for (const char* text :
       {"", "{", "[]", "{}", R"({"rraebench_status": 1})", R"({"rraebench_status": 99})"}) {
    folder.write("status.json", text);
    EXPECT_FALSE(read_live_status(folder.path())) << text;
  }
}

TEST(LiveStatusFile, WhoWroteItIsAliveOnlyAsThisProgram) {
  auto status = status_of(1);
  status.host = host_name();
  status.process = 1;  // Another program's.
  EXPECT_EQ(is_alive(status), false);
  status.host = "elsewhere";
  EXPECT_EQ(is_alive(status), std::nullopt);
}

}  // namespace
}  // namespace rraebench
