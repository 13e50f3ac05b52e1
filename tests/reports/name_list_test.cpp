#include "reports/name_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using testing::ElementsAre;

TEST(NameList, IsReadAsItWasWritten) {
  const std::vector<std::string> names = {"weights", "VAE beta=0.001", "α"};
  EXPECT_EQ(joined_names(names), "weights,VAE beta=0.001,α");
  EXPECT_EQ(split_names(joined_names(names)), names);
  EXPECT_TRUE(split_names(joined_names({})).empty());
}

TEST(NameList, HasNoBlanksAroundNamesAndKeepsEmptyOnes) {
  EXPECT_THAT(split_names(" a, b c ,d"), ElementsAre("a", "b c", "d"));
  EXPECT_THAT(split_names("a,,b, "), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split_names(" "), ElementsAre(""));
}

}  // namespace
}  // namespace rraebench
