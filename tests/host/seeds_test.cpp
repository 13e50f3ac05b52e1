#include "host/program/suites/seeds.hpp"

#include "host/common/errors.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

TEST(ParseSeeds, TakesNumbersAndRanges) {
  EXPECT_EQ(parse_seeds("3"), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(parse_seeds("0:3,7"), (std::vector<std::int64_t>{0, 1, 2, 7}));
  for (const char* bad : {"", "a", "-1", "3:3", "5:2", "0:", "1.5", "0:100000000", "99999999999999999999",
                          "0,0", "0:3,2:5", "0:3,1", "1,", "9007199254740992", "9223372036854775807",
                          "0:9223372036854775807", "0:5001,6000:11000"})
    EXPECT_THROW(parse_seeds(bad), UserError) << bad;
  EXPECT_EQ(parse_seeds("9007199254740991"), (std::vector<std::int64_t>{9007199254740991}));
}

}  // namespace
}  // namespace rraebench
