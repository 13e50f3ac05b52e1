#include "reports/store/run_record.hpp"

#include "tests/support/complaint.hpp"

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
  EXPECT_THAT(complaint_of<std::invalid_argument>([] { parse_run_status("timeuot"); }),
              testing::HasSubstr("'timeout'"));
}

}  // namespace
}  // namespace rraebench
