#include "host/program/planning/changeable_plugins.hpp"

#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace rraebench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class ChangeablePlugins : public testing::Test {
 protected:
  ChangeablePlugins() {
    std::filesystem::create_directories(plugins_);
    folder_.write("above/plugins/mine.so", "a library");
    folder_.write("above/plugins/notes.txt", "no plugin");
    set("above", 0755);
    set("above/plugins", 0755);
    set("above/plugins/mine.so", 0644);
    set("above/plugins/notes.txt", 0666);
  }
  void set(const std::string& name, mode_t mode) { ASSERT_EQ(::chmod((folder_ / name).c_str(), mode), 0); }
  static std::string warning(const std::filesystem::path& path) {
    return "others can change plugins, which run as you: chmod go-w " + path.string();
  }

  TemporaryFolder folder_;
  std::filesystem::path plugins_ = folder_ / "above/plugins";
  std::filesystem::path plugin_ = plugins_ / "mine.so";
};

TEST_F(ChangeablePlugins, NothingIsSaidOfWhatOnlyThisUserCanChange) {
  EXPECT_THAT(changeable_plugins({plugins_, folder_ / "nowhere"}), IsEmpty());
  EXPECT_THAT(changeable_plugin(plugin_), IsEmpty());
}

TEST_F(ChangeablePlugins, FoldersAndFilesThatOthersCanWriteToAreNamed) {
  set("above/plugins", 0757);
  EXPECT_THAT(changeable_plugins({plugins_}), ElementsAre(warning(plugins_)));
  EXPECT_THAT(changeable_plugin(plugin_), ElementsAre(warning(plugins_)));
  set("above/plugins", 01777);  // The sticky bit keeps files from being replaced, not from being added.
  EXPECT_THAT(changeable_plugins({plugins_}), ElementsAre(warning(plugins_)));
  set("above/plugins", 0755);
  set("above/plugins/mine.so", 0646);
  EXPECT_THAT(changeable_plugins({plugins_}), ElementsAre(warning(plugin_)));
  EXPECT_THAT(changeable_plugin(plugin_), ElementsAre(warning(plugin_)));
}

TEST_F(ChangeablePlugins, AFolderAboveCountsUnlessItIsSticky) {
  set("above", 0777);
  EXPECT_THAT(changeable_plugins({plugins_}), ElementsAre(warning(folder_ / "above")));
  set("above", 01777);
  EXPECT_THAT(changeable_plugins({plugins_}), IsEmpty());
}

TEST_F(ChangeablePlugins, ALinkIsFollowedBothWays) {
  std::filesystem::create_directory(folder_ / "links");
  std::filesystem::create_directory_symlink(plugins_, folder_ / "links/plugins");
  set("links", 0777);
  EXPECT_THAT(changeable_plugins({folder_ / "links/plugins"}), ElementsAre(warning(folder_ / "links")));
  set("links", 0755);
  set("above", 0777);
  EXPECT_THAT(changeable_plugins({folder_ / "links/plugins"}), ElementsAre(warning(folder_ / "above")));
}

TEST_F(ChangeablePlugins, ManyAreOneLine) {
  for (int i = 0; i < 9; ++i) {
    const auto name = "above/plugins/my " + std::to_string(i) + ".so";
    folder_.write(name, "a library");
    set(name, 0666);
  }
  const auto said = changeable_plugins({plugins_});
  ASSERT_EQ(said.size(), 1U);
  EXPECT_THAT(said[0], HasSubstr(" (and 5 more)"));
  EXPECT_THAT(said[0], HasSubstr(".so' '"));
}

TEST_F(ChangeablePlugins, AnotherOwnerIsNamed) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  ASSERT_EQ(::chown(plugin_.c_str(), 54321, 0), 0);
  EXPECT_THAT(changeable_plugins({plugins_}),
              ElementsAre(StartsWith("user number 54321 can change plugins")));
}

TEST_F(ChangeablePlugins, AGroupThatCanWriteCountsForRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "another user's group may be that user's own";
  set("above/plugins", 0775);
  EXPECT_THAT(changeable_plugins({plugins_}), ElementsAre(warning(plugins_)));
}

}  // namespace
}  // namespace rraebench
