#include "host/common/file_lock.hpp"

#include "host/common/errors.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

namespace rraebench {
namespace {

TEST(FileLock, SaysWhatItWaitsForAndGetsIt) {
  const TemporaryFolder folder;
  const auto file = folder / "work.lock";
  auto holder = std::make_unique<FileLock>(file);
  std::string said;
  const FileLock lock(file, [&](const std::string& text) {
    said += text;
    holder.reset();
  });
  EXPECT_THAT(said, testing::StartsWith("waiting for " + file.string() + ", which "));
}

TEST(FileLock, AFolderIsLockedItself) {
  const TemporaryFolder folder;
  auto holder = std::make_unique<FileLock>(folder.path());
  bool waited = false;
  const FileLock lock(folder.path(), [&](const std::string&) {
    waited = true;
    holder.reset();
  });
  EXPECT_TRUE(waited);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(FileLock, AFolderThatIsNotThereIsSaid) {
  const TemporaryFolder folder;
  EXPECT_THROW(FileLock(folder / "nowhere/work.lock"), InfrastructureError);
}

}  // namespace
}  // namespace rraebench
