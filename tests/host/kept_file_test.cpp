#include "host/worker/measuring/kept_file.hpp"

#include "host/common/errors.hpp"
#include "tests/support/complaint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>
#include <vector>

namespace rraebench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Kept : public testing::Test {
 protected:
  void use(const std::filesystem::path& file) {
    load_or_make(
        file,
        [&](const std::string& bytes) {
          if (bytes != "good") throw std::runtime_error("not good");
          ++loaded_;
        },
        [&] {
          ++made_;
          return std::string("good");
        },
        {[&](const std::string& text) { warnings_.push_back(text); }});
  }

  std::string complaint(const std::filesystem::path& file) {
    return complaint_of<InfrastructureError>([&] { use(file); });
  }

  TemporaryFolder folder_;
  int loaded_ = 0;
  int made_ = 0;
  std::vector<std::string> warnings_;
};

TEST_F(Kept, IsMadeOnce) {
  const auto file = folder_ / "cache/kept.pt";
  use(file);
  use(file);
  EXPECT_EQ(made_, 1);
  EXPECT_EQ(loaded_, 2);
  EXPECT_EQ(read_file(file), "good");
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(Kept, ThatIsDamagedIsMadeAnewWithAWarning) {
  const auto file = folder_.write("kept.pt", "goo");
  use(file);
  EXPECT_EQ(made_, 1);
  EXPECT_EQ(read_file(file), "good");
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("kept.pt is damaged and made anew (not good)")));
}

TEST_F(Kept, WhatCannotBeReadOrWrittenIsTheMachinesAndNamed) {
  std::filesystem::create_directory(folder_ / "folder.pt");
  EXPECT_THAT(complaint(folder_ / "folder.pt"), HasSubstr("folder.pt: is no regular file; make it readable"));
  folder_.write("taken", "");
  EXPECT_THAT(complaint(folder_ / "taken/kept.pt"), HasSubstr("--cache-dir"));
  std::filesystem::create_symlink("/dev/full", folder_ / "full.pt.part");
  EXPECT_THAT(complaint(folder_ / "full.pt"), HasSubstr("full.pt: cannot be written: no space left"));
  EXPECT_EQ(made_, 1);
  if (::geteuid() == 0) return;  // Who may read everything.
  const auto secret = folder_.write("secret.pt", "good");
  std::filesystem::permissions(secret, std::filesystem::perms::none);
  EXPECT_THAT(complaint(secret), HasSubstr("secret.pt: cannot be read: Permission denied"));
}

}  // namespace
}  // namespace rraebench
