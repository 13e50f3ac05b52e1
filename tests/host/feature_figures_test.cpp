#include "host/worker/protocols/feature_figures.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace rraebench {
namespace {

FeatureFigures set_of(double fid, double recall) {
  FeatureFigures figures;
  for (const auto& [name, value] : {std::pair{"fid", fid}, {"recall", recall}}) {
    MetricRecord metric;
    metric.protocol = "interpolate";
    metric.name = name;
    metric.variant = "pairs";
    metric.better = "lower";
    metric.value = value;
    metric.sample_count = 10;
    figures.metrics.push_back(metric);
  }
  figures.warnings = {"few samples"};
  return figures;
}

TEST(MeanOverSets, IsTheMeanOfEachMetricWithTheDeviationOfFid) {
  const auto means = mean_over_sets({set_of(1.0, 0.5), set_of(2.0, 0.25), set_of(6.0, 0.75)});
  ASSERT_EQ(means.metrics.size(), 3U);
  EXPECT_EQ(means.metrics[0].name, "fid");
  EXPECT_DOUBLE_EQ(means.metrics[0].value, 3.0);
  EXPECT_EQ(means.metrics[1].name, "fid_deviation");
  EXPECT_DOUBLE_EQ(means.metrics[1].value, std::sqrt(7.0));  // (4 + 1 + 9) / 2
  EXPECT_EQ(means.metrics[1].better, "");
  EXPECT_EQ(means.metrics[1].variant, "pairs");
  EXPECT_EQ(means.metrics[2].name, "recall");
  EXPECT_DOUBLE_EQ(means.metrics[2].value, 0.5);
  EXPECT_EQ(means.metrics[2].sample_count, 10);
  EXPECT_THAT(means.warnings, testing::ElementsAre("few samples"));
}

TEST(MeanOverSets, LeavesOneSetAsItIs) {
  const auto means = mean_over_sets({set_of(1.0, 0.5)});
  ASSERT_EQ(means.metrics.size(), 2U);
  EXPECT_DOUBLE_EQ(means.metrics[1].value, 0.5);
}

TEST(MeanOverSets, LeavesOutWhatASetLacksAndSaysAllWarningsOnce) {
  auto other = set_of(3.0, 0.5);
  other.metrics.pop_back();
  other.warnings = {"few samples", "recall is not measured"};
  for (const auto& sets : {std::vector{set_of(1.0, 0.5), other}, std::vector{other, set_of(1.0, 0.5)}}) {
    const auto means = mean_over_sets(sets);
    ASSERT_EQ(means.metrics.size(), 2U);
    EXPECT_DOUBLE_EQ(means.metrics[0].value, 2.0);
    EXPECT_EQ(means.metrics[1].name, "fid_deviation");
    EXPECT_THAT(means.warnings, testing::ElementsAre("few samples", "recall is not measured"));
  }
  EXPECT_TRUE(mean_over_sets({FeatureFigures{}, other}).metrics.empty());
}

TEST(MeanOverSets, OfAValueThatIsNoneIsNone) {
  const auto means = mean_over_sets({set_of(1.0, 0.5), set_of(std::nan(""), 0.5)});
  EXPECT_TRUE(std::isnan(means.metrics[0].value));
  EXPECT_DOUBLE_EQ(means.metrics[2].value, 0.5);
}

TEST(MeanOverSets, RefusesNoSet) {
  EXPECT_THROW(mean_over_sets({}), std::invalid_argument);
}

}  // namespace
}  // namespace rraebench
