#include "host/common/file_lock.hpp"

#include "host/common/errors.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

namespace rraebench {
namespace {

TEST(FileLock, SaysWhatItWaitsForAndGetsIt) {
  const TemporaryFolder folder;
  const auto file = folder / "work.lock";
  auto holder = std::make_unique<FileLock>(file);
  std::string said;
  std::thread waiter([&] { const FileLock lock(file, [&](const std::string& text) { said += text; }); });
  std::this_thread::sleep_for(std::chrono::seconds(4));
  holder.reset();
  waiter.join();
  EXPECT_EQ(said, "waiting for " + file.string() + ", which another process holds");
}

TEST(FileLock, AFolderThatIsNotThereIsSaid) {
  const TemporaryFolder folder;
  EXPECT_THROW(FileLock(folder / "nowhere/work.lock"), InfrastructureError);
}

}  // namespace
}  // namespace rraebench
