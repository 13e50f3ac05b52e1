#include "host/program/planning/resources.hpp"

#include "host/common/errors.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <sys/resource.h>
#include <thread>

namespace rraebench {
namespace {

using testing::HasSubstr;

std::string error_of_folder(const std::filesystem::path& folder) {
  return complaint_of<UserError>(
      [&] { require_writable(folder, "cache", "--cache-dir names another folder"); });
}

TEST(RequireWritable, LeavesNothingBehind) {
  const TemporaryFolder folder;
  EXPECT_EQ(error_of_folder(folder / "a/b/c"), kNoComplaint);
  EXPECT_EQ(error_of_folder(folder.path()), kNoComplaint);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(RequireWritable, NamesFolderReasonAndRemedy) {
  const TemporaryFolder folder;
  folder.write("file", "text");
  EXPECT_THAT(error_of_folder(folder / "file/cache"),
              HasSubstr("Not a directory; --cache-dir names another folder"));
  EXPECT_THAT(error_of_folder(folder / "file"),
              HasSubstr("cannot write the cache " + (folder / "file").string()));
  EXPECT_THAT(error_of_folder("/proc/nohome/.cache"), HasSubstr("/proc/nohome/.cache: "));
  EXPECT_THAT(error_of_folder(folder / std::string(300, 'x') / "cache"), HasSubstr("File name too long"));
}

TEST(RequireWritable, TakesNoFolderFromAnotherProgram) {
  const TemporaryFolder folder;
  std::atomic<bool> ended{false};
  std::thread other([&] {
    while (!ended) EXPECT_EQ(error_of_folder(folder / "a/b"), kNoComplaint);
  });
  int failures = 0;
  for (int turn = 0; turn < 5000; ++turn) {
    std::error_code error;
    std::filesystem::create_directories(folder / "a/b", error);
    if (error || !std::filesystem::exists(folder / "a/b")) ++failures;
    for (const char* made : {"a/b", "a"}) std::filesystem::remove(folder / made, error);
  }
  ended = true;
  other.join();
  EXPECT_EQ(failures, 0);
}

TEST(RequireDescriptors, RaisesTheSoftLimitAndRefusesBeyondTheHardOne) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  if (before.rlim_max < 300) GTEST_SKIP() << "the hard limit is low here";
  auto low = before;
  low.rlim_cur = 64;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  require_descriptors(1);
  require_descriptors(40);
  rlimit raised{};
  ::getrlimit(RLIMIT_NOFILE, &raised);
  EXPECT_GT(raised.rlim_cur, 200U);
  if (before.rlim_max != RLIM_INFINITY && before.rlim_max < 1'000'000'000) {
    EXPECT_THROW(require_descriptors(1'000'000'000), UserError);
  }
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST(UsableCores, AreAtLeastOne) {
  EXPECT_GE(usable_cores(), 1);
}

}  // namespace
}  // namespace rraebench
