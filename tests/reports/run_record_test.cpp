#include "reports/store/run_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace rraebench {
namespace {

TEST(RunStatus, NamesRoundTrip) {
  for (const auto status :
       {RunStatus::kOk, RunStatus::kDiverged, RunStatus::kOutOfMemory, RunStatus::kTimeout, RunStatus::kCrash,
        RunStatus::kError, RunStatus::kSkipped, RunStatus::kInterrupted})
    EXPECT_EQ(parse_run_status(run_status_name(status)), status);
  EXPECT_STREQ(run_status_name(RunStatus::kOutOfMemory), "oom");
}

TEST(RunStatus, UnknownNameSuggestsTheNearest) {
  try {
    parse_run_status("timeuot");
    FAIL() << "accepted";
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("'timeout'"));
  }
}

}  // namespace
}  // namespace rraebench
