#include "host/program/running/run_end.hpp"

#include "host/program/processes/limited_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>

namespace rraebench {
namespace {

using testing::HasSubstr;

WorkerEnd exited(int code, bool reported) {
  WorkerEnd end;
  end.exit.exit_code = code;
  end.reported = reported;
  return end;
}

WorkerEnd killed(int signal, bool reported) {
  WorkerEnd end;
  end.exit.signal = signal;
  end.reported = reported;
  return end;
}

RunRecord reporting(RunStatus status, const std::string& message = "", Fault fault = Fault::kModel) {
  RunRecord record;
  record.status = status;
  record.message = message;
  record.fault = fault;
  return record;
}

TEST(RunEnd, WhatWasReportedCountsHoweverTheProcessWasEnded) {
  for (auto end : {exited(0, true), killed(SIGKILL, true), killed(SIGTERM, true)})
    for (const auto reason : {StopReason::kNone, StopReason::kTimeLimit, StopReason::kRequest}) {
      end.stopped = reason;
      auto record = reporting(RunStatus::kOk);
      judge_end(end, record);
      EXPECT_EQ(record.status, RunStatus::kOk);
    }
  auto record = reporting(RunStatus::kDiverged, "the loss is not finite");
  judge_end(exited(1, true), record);
  EXPECT_EQ(record.status, RunStatus::kDiverged);
  record = reporting(RunStatus::kError, "no space left", Fault::kInfrastructure);
  judge_end(exited(1, true), record);
  EXPECT_EQ(record.fault, Fault::kInfrastructure);
}

TEST(RunEnd, ACrashAfterTheEndPutsTheFiguresInDoubt) {
  auto record = reporting(RunStatus::kOk);
  judge_end(killed(SIGSEGV, true), record);
  EXPECT_EQ(record.status, RunStatus::kCrash);
  record = reporting(RunStatus::kOk);
  judge_end(exited(3, true), record);
  EXPECT_EQ(record.status, RunStatus::kCrash);
}

TEST(RunEnd, AnExitWithoutAReportIsACrash) {
  for (const int code : {0, 1, 3}) {
    RunRecord record;
    record.stderr_tail = "first\nlast words\n";
    judge_end(exited(code, false), record);
    EXPECT_EQ(record.status, RunStatus::kCrash);
    EXPECT_EQ(record.message, "ended by itself with exit code " + std::to_string(code) +
                                  " before its run was over: last words");
  }
}

TEST(RunEnd, WhatAnotherProcessEndsGoesOn) {
  RunRecord record;
  judge_end(killed(SIGTERM, false), record);
  EXPECT_EQ(record.status, RunStatus::kInterrupted);
  auto end = killed(SIGKILL, false);
  end.kernel_out_of_memory = false;
  record = {};
  judge_end(end, record);
  EXPECT_EQ(record.status, RunStatus::kInterrupted);
  end.kernel_out_of_memory = true;
  judge_end(end, record);
  EXPECT_EQ(record.status, RunStatus::kOutOfMemory);
  record = reporting(RunStatus::kInterrupted);
  judge_end(exited(1, true), record);
  EXPECT_EQ(record.status, RunStatus::kInterrupted);
  EXPECT_THAT(record.message, HasSubstr("another process"));
}

TEST(RunEnd, ATimeLimitAndAWishToStop) {
  auto end = killed(SIGKILL, false);
  end.stopped = StopReason::kTimeLimit;
  end.time_limit_seconds = 30;
  RunRecord record;
  judge_end(end, record);
  EXPECT_EQ(record.status, RunStatus::kTimeout);
  EXPECT_EQ(record.message, "ran past its limit of 30 s");
  end.stopped = StopReason::kRequest;
  judge_end(end, record);
  EXPECT_EQ(record.status, RunStatus::kInterrupted);
  // A checkpoint that could not be written on the way out.
  end = exited(1, true);
  end.stopped = StopReason::kRequest;
  record = reporting(RunStatus::kError, "x.pt: no space left", Fault::kInfrastructure);
  judge_end(end, record);
  EXPECT_EQ(record.status, RunStatus::kInterrupted);
  EXPECT_THAT(record.message, HasSubstr("no space left"));
}

TEST(RunEnd, WhatMetALimitGoesOnFromItsCheckpoint) {
  auto end = killed(SIGKILL, false);
  end.stopped = StopReason::kTimeLimit;
  end.time_limit_seconds = 30;
  end.has_checkpoint = true;
  RunRecord record;
  judge_end(end, record);
  EXPECT_EQ(record.message, "ran past its limit of 30 s; --retry goes on from its last checkpoint");
  EXPECT_TRUE(goes_on_from_checkpoint(record));

  end = exited(1, true);
  end.memory_limit_bytes = std::int64_t{3} << 30;
  end.has_checkpoint = true;
  record = reporting(RunStatus::kOutOfMemory, "out of memory");
  judge_end(end, record);
  EXPECT_EQ(record.message,
            "out of memory; the limit is 3.0 GiB (--memory); --retry goes on from its last checkpoint");
  EXPECT_TRUE(goes_on_from_checkpoint(record));

  for (const auto status : {RunStatus::kDiverged, RunStatus::kError}) {
    record = reporting(status, "the loss is not finite");
    judge_end(end, record);
    EXPECT_EQ(record.message, "the loss is not finite");
    EXPECT_FALSE(goes_on_from_checkpoint(record));
  }
  record = {};
  judge_end(killed(SIGSEGV, false), record);
  EXPECT_FALSE(goes_on_from_checkpoint(record)) << "what it had written by then is not to be trusted";
  record = reporting(RunStatus::kError, "x.pt: no space left", Fault::kInfrastructure);
  EXPECT_TRUE(goes_on_from_checkpoint(record));
  EXPECT_FALSE(goes_on_from_checkpoint(reporting(RunStatus::kOk, "")));
}

TEST(RunEnd, MemorySaysItsLimit) {
  auto end = killed(SIGABRT, false);
  end.memory_limit_bytes = std::int64_t{3} << 30;
  RunRecord record;
  record.stderr_tail = "terminate called after throwing an instance of 'std::bad_alloc'\n";
  judge_end(end, record);
  EXPECT_EQ(record.status, RunStatus::kOutOfMemory);
  EXPECT_THAT(record.message, HasSubstr("the limit is 3.0 GiB (--memory)"));
}

TEST(RunEnd, TextsAreFitForATerminal) {
  auto record = reporting(RunStatus::kError, "\033[31mred\xff" + std::string(4'000'000, 'x'));
  record.stderr_tail = "one\033[2J\ntwo\n";
  judge_end(exited(1, true), record);
  EXPECT_LT(record.message.size(), 600U);
  EXPECT_THAT(record.message, HasSubstr("\\x1b[31mred\\xff"));
  EXPECT_EQ(record.stderr_tail, "one\\x1b[2J\ntwo\n");
}

TEST(LimitedJson, RefusesWhatIsNestedDeeply) {
  EXPECT_EQ(parse_limited_json("[[1]]").dump(), "[[1]]");
  EXPECT_THROW(parse_limited_json(std::string(100000, '[')), std::exception);
  EXPECT_THROW(parse_limited_json("{\"a\": 1"), std::exception);
}

}  // namespace
}  // namespace rraebench
