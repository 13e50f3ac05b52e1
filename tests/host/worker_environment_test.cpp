#include "host/program/processes/worker_environment.hpp"

#include <gmock/gmock.h>

namespace rraebench {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::StartsWith;

TEST(WorkerEnvironment, TellsLibrariesWhatTheUserDoesNot) {
  EXPECT_THAT(worker_environment({"HOME=/home/ada"}, "MARK=1.2"),
              ElementsAre("HOME=/home/ada", "MARK=1.2", StartsWith("GOMP_SPINCOUNT="),
                          StartsWith("GLIBC_TUNABLES=")));
}

TEST(WorkerEnvironment, LeavesWhatTheUserSets) {
  EXPECT_THAT(worker_environment({"OMP_WAIT_POLICY=active"}, "MARK=1.2"),
              Not(Contains(StartsWith("GOMP_SPINCOUNT="))));
  EXPECT_THAT(worker_environment({"GOMP_SPINCOUNT=7", "GLIBC_TUNABLES="}, "MARK=1.2"),
              ElementsAre("GOMP_SPINCOUNT=7", "GLIBC_TUNABLES=", "MARK=1.2"));
}

TEST(WorkerEnvironment, HasOneMark) {
  EXPECT_THAT(worker_environment({"MARK=1.1", "MARKET=open"}, "MARK=1.2"), Contains("MARKET=open"));
  EXPECT_THAT(worker_environment({"MARK=1.1"}, "MARK=1.2"), Not(Contains("MARK=1.1")));
}

}  // namespace
}  // namespace rraebench
