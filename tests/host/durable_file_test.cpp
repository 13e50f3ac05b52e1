#include "host/common/durable_file.hpp"

#include "host/common/errors.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace rraebench {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string error_of(const std::filesystem::path& file) {
  return complaint_of<InfrastructureError>([&] { write_file_durably(file, "new"); });
}

TEST(DurableFile, ReplacesTheFileAndLeavesNothingBeside) {
  const TemporaryFolder folder;
  const auto file = folder.write("kept.bin", "old");
  const std::string bytes(3000000, 'x');
  write_file_durably(file, bytes);
  EXPECT_EQ(read_file(file), bytes);
  write_file_durably(file, "");
  EXPECT_EQ(read_file(file), "");
  EXPECT_FALSE(std::filesystem::exists(folder / "kept.bin.part"));
}

TEST(DurableFile, AFullDiskNamesTheFileAndLeavesTheOneBefore) {
  const TemporaryFolder folder;
  const auto file = folder.write("kept.bin", "old");
  std::filesystem::create_symlink("/dev/full", folder / "kept.bin.part");
  EXPECT_THAT(error_of(file), StartsWith(file.string() + ": cannot be written: no space left on the disk"));
  EXPECT_EQ(read_file(file), "old");
  EXPECT_FALSE(std::filesystem::is_symlink(folder / "kept.bin.part"));
}

TEST(DurableFile, PiecesAreThereTogetherOrNotAtAll) {
  const TemporaryFolder folder;
  const auto file = folder.write("kept.bin", "old");
  {
    DurableFile unfinished(file);
    unfinished.append("new");
  }
  EXPECT_EQ(read_file(file), "old");
  EXPECT_FALSE(std::filesystem::exists(folder / "kept.bin.part"));
  DurableFile finished(file);
  finished.append("brand");
  finished.append("-new");
  EXPECT_EQ(read_file(file), "old");
  finished.commit();
  EXPECT_EQ(read_file(file), "brand-new");
}

TEST(DurableFile, AFolderThatIsNotThereIsSaid) {
  const TemporaryFolder folder;
  EXPECT_THAT(error_of(folder / "nowhere/kept.bin"), HasSubstr("No such file or directory"));
}

TEST(DurableFile, ALinkStaysOneAndTheFileThatItLeadsToIsWritten) {
  const TemporaryFolder folder;
  const auto file = folder.write("there/real.txt", "before");
  std::filesystem::create_symlink(file, folder / "link.txt");
  write_file_durably(folder / "link.txt", "after");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link.txt"));
  EXPECT_EQ(read_file(file), "after");
}

TEST(DurableFile, APipeIsWrittenInto) {
  const TemporaryFolder folder;
  const auto pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  write_file_durably(pipe, "words");
  std::array<char, 8> words{};
  EXPECT_EQ(::read(reader, words.data(), words.size()), 5);
  ::close(reader);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
}

}  // namespace
}  // namespace rraebench
