#include "reports/store/past_state.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

TEST(MomentOf, IsOneTextForOneMoment) {
  EXPECT_EQ(moment_of("2026-11-27"), "2026-11-27T00:00:00Z");
  for (const char* text :
       {"2026-11-27T14:30", "2026-11-27T14:30Z", "2026-11-27T14:30:00", "2026-11-27T14:30:00Z"})
    EXPECT_EQ(moment_of(text), "2026-11-27T14:30:00Z") << text;
  EXPECT_EQ(moment_of("2028-02-29"), "2028-02-29T00:00:00Z");
}

TEST(MomentOf, KnowsTheCalendar) {
  for (const char* text : {"", "yesterday", "2026-99-99", "2026-02-29", "2026-00-01", "2026-11-27T24:00",
                           "2026-11-27T14:60", "2026-11-27 14:30", "2026-11-27T14"})
    EXPECT_FALSE(moment_of(text)) << text;
}

}  // namespace
}  // namespace rraebench
