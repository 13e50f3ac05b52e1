#include "host/program/download/unpack.hpp"

#include "host/common/errors.hpp"
#include "synced_files.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>

namespace rraebench {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Entry {
  std::string path;
  std::string content;
  std::string link;  // Not empty: a symbolic link to this.
};

class UnpackTest : public ::testing::Test {
 protected:
  void pack(const std::vector<Entry>& entries) const {
    auto* archive = archive_write_new();
    archive_write_add_filter_gzip(archive);
    archive_write_set_format_pax_restricted(archive);
    archive_write_open_filename(archive, archive_.c_str());
    for (const auto& entry : entries) {
      auto* header = archive_entry_new();
      archive_entry_set_pathname(header, entry.path.c_str());
      archive_entry_set_perm(header, 0644);
      archive_entry_set_filetype(header, entry.link.empty() ? AE_IFREG : AE_IFLNK);
      if (!entry.link.empty()) archive_entry_set_symlink(header, entry.link.c_str());
      archive_entry_set_size(header, static_cast<la_int64_t>(entry.content.size()));
      archive_write_header(archive, header);
      archive_write_data(archive, entry.content.data(), entry.content.size());
      archive_entry_free(header);
    }
    archive_write_free(archive);
  }
  std::string refusal(const std::vector<ArchiveMember>& members) const {
    return complaint_of<UserError>([&] { unpack_members(archive_, members, out_); });
  }
  std::vector<std::string> unpacked() const {
    std::vector<std::string> names;
    if (std::filesystem::exists(out_))
      for (const auto& entry : std::filesystem::recursive_directory_iterator(out_))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  TemporaryFolder folder_;
  std::filesystem::path archive_ = folder_ / "data.tar.gz";
  std::filesystem::path out_ = folder_ / "out";
  std::vector<ArchiveMember> two_ = {{"set/a.bin", 5}, {"set/b.bin", 3}};
};

TEST_F(UnpackTest, WritesWhatIsAskedForAndNothingElse) {
  pack({{"set/readme.html", "hello", ""},
        {"../escaped.bin", "evil", ""},
        {"/tmp/rraebench-absolute.bin", "evil", ""},
        {"set/b.bin", "bbb", ""},
        {"other/a.bin", "AAAAA", ""},
        {"set/a.bin", "aaaaa", ""}});
  take_synced();
  unpack_members(archive_, two_, out_);
  const auto out = out_.string();
  EXPECT_THAT(take_synced(), ElementsAre(out + "/b.bin.part", out, out + "/a.bin.part", out))
      << "a power cut must not leave a file without its content";
  EXPECT_THAT(unpacked(), ElementsAre("a.bin", "b.bin"));
  EXPECT_EQ(read_file(out_ / "a.bin"), "aaaaa");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "escaped.bin"));
  EXPECT_FALSE(std::filesystem::exists("/tmp/rraebench-absolute.bin"));
}

TEST_F(UnpackTest, RefusesOtherSizesLinksAndGaps) {
  pack({{"set/a.bin", "aaaaaa", ""}, {"set/b.bin", "bbb", ""}});
  EXPECT_THAT(refusal(two_), AllOf(HasSubstr("set/a.bin"), HasSubstr("5 bytes expected")));
  pack({{"set/a.bin", "", "/etc/passwd"}, {"set/b.bin", "bbb", ""}});
  EXPECT_THAT(refusal(two_), HasSubstr("set/a.bin in it is no plain file"));
  pack({{"set/a.bin", "aaaaa", ""}});
  EXPECT_THAT(refusal(two_), HasSubstr("it lacks set/b.bin"));
  EXPECT_THAT(unpacked(), ElementsAre("a.bin"));
}

TEST_F(UnpackTest, AFullDiskIsSaidAndLeavesNothing) {
  pack({{"set/a.bin", "aaaaa", ""}, {"set/b.bin", "bbb", ""}});
  std::filesystem::create_directories(out_);
  std::filesystem::create_symlink("/dev/full", out_ / "a.bin.part");
  EXPECT_THAT(complaint_of<InfrastructureError>([&] { unpack_members(archive_, two_, out_); }),
              HasSubstr((out_ / "a.bin").string() + ": cannot be written: no space left"));
  EXPECT_THAT(unpacked(), ::testing::IsEmpty());
}

TEST_F(UnpackTest, RefusesABombUnread) {
  pack({{"set/zeros", std::string(std::size_t{64} << 20, '\0'), ""}, {"set/a.bin", "aaaaa", ""}});
  EXPECT_LT(std::filesystem::file_size(archive_), std::uintmax_t{1} << 20);
  EXPECT_THAT(refusal(two_), HasSubstr("far more than the files that are expected"));
}

TEST_F(UnpackTest, RefusesDamage) {
  pack({{"set/a.bin", "aaaaa", ""}, {"set/b.bin", "bbb", ""}});
  const auto whole = read_file(archive_);
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, std::size_t{20}, whole.size() / 2}) {
    folder_.write("data.tar.gz", whole.substr(0, size));
    EXPECT_THAT(refusal(two_), AllOf(HasSubstr("data.tar.gz"), HasSubstr("download it again"))) << size;
  }
  folder_.write("data.tar.gz", "<!DOCTYPE html> no archive at all");
  EXPECT_THAT(refusal(two_), HasSubstr("damaged archive"));
}

}  // namespace
}  // namespace rraebench
