#include "host/common/quantities.hpp"

#include "host/common/errors.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

TEST(Quantities, DurationsHaveUnits) {
  EXPECT_EQ(parse_duration("90", "timeout"), 90.0);
  EXPECT_EQ(parse_duration("90s", "timeout"), 90.0);
  EXPECT_EQ(parse_duration("10m", "timeout"), 600.0);
  EXPECT_EQ(parse_duration("1.5h", "timeout"), 5400.0);
  for (const char* bad : {"", "0", "-1s", "10x", "m", "1h30m", "nan", "inf", "1e3", "1 h", "0x10"})
    EXPECT_THROW(parse_duration(bad, "timeout"), UserError) << bad;
}

TEST(Quantities, DurationsReadAsAClock) {
  EXPECT_EQ(duration_text(0.2), "0:00");
  EXPECT_EQ(duration_text(65), "1:05");
  EXPECT_EQ(duration_text(7383), "2:03:03");
}

TEST(Quantities, SizesNeedALetter) {
  EXPECT_EQ(parse_size("512M", "memory"), std::int64_t{512} << 20);
  EXPECT_EQ(parse_size("4g", "memory"), std::int64_t{4} << 30);
  EXPECT_EQ(parse_size("1.5GiB", "memory"), std::int64_t{3} << 29);
  EXPECT_EQ(parse_size("2TB", "memory"), std::int64_t{2} << 40);
  for (const char* bad : {"", "4", "0G", "-4G", "4X", "G", "4GG", "99999999999999999999G", "4 G"})
    EXPECT_THROW(parse_size(bad, "memory"), UserError) << bad;
  EXPECT_EQ(size_text(std::int64_t{512} << 20), "512 MiB");
  EXPECT_EQ(size_text(std::int64_t{3} << 29), "1.5 GiB");
}

}  // namespace
}  // namespace rraebench
