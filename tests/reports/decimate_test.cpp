#include "reports/analysis/decimate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace rraebench {
namespace {

using testing::Contains;
using testing::ElementsAre;

TEST(DecimateExtremes, KeepsShortSeriesWhole) {
  EXPECT_THAT(decimate_extremes({3, 1, 2}, 4), ElementsAre(0, 1, 2));
  EXPECT_TRUE(decimate_extremes({}, 4).empty());
}

TEST(DecimateExtremes, KeepsEndsAndSpikesWithinTheLimit) {
  std::vector<double> values(10000, 1.0);
  values[1234] = 100.0;
  values[7777] = -5.0;
  for (const std::size_t limit : {4, 5, 100, 9999}) {
    const auto kept = decimate_extremes(values, limit);
    EXPECT_LE(kept.size(), limit);
    EXPECT_EQ(kept.front(), 0U);
    EXPECT_EQ(kept.back(), 9999U);
    EXPECT_THAT(kept, Contains(1234U));
    EXPECT_THAT(kept, Contains(7777U));
    EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end()));
    EXPECT_EQ(std::adjacent_find(kept.begin(), kept.end()), kept.end());
  }
}

TEST(DecimateGeometric, IsDenseFirstAndReachesTheEnd) {
  EXPECT_THAT(decimate_geometric(3, 10), ElementsAre(0, 1, 2));
  for (const std::size_t limit : {2, 3, 40, 160}) {
    const auto kept = decimate_geometric(4500, limit);
    EXPECT_LE(kept.size(), limit);
    EXPECT_EQ(kept.front(), 0U);
    EXPECT_EQ(kept.back(), 4499U);
    EXPECT_EQ(std::adjacent_find(kept.begin(), kept.end(), [](auto a, auto b) { return a >= b; }),
              kept.end());
    for (std::size_t i = 0; i < limit / 4; ++i) EXPECT_EQ(kept[i], i);
  }
}

}  // namespace
}  // namespace rraebench
