#include "host/worker/training/running_means.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace rraebench {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

RunningMeans two_steps() {
  RunningMeans means;
  for (const double loss : {1.0, 4.0}) {
    means.add("loss", loss);
    means.add("a part", 10.0 * loss);
    means.count_step();
  }
  return means;
}

TEST(RunningMeans, ComeInTheOrderOfTheirNamesAndBeginAnew) {
  auto means = two_steps();
  EXPECT_EQ(means.steps(), 2);
  EXPECT_THAT(means.take(), ElementsAre(Pair("loss", 2.5), Pair("a part", 25.0)));
  EXPECT_EQ(means.steps(), 0);
  EXPECT_THAT(means.take(), IsEmpty());
}

TEST(RunningMeans, GoOnFromTheirState) {
  const nlohmann::json state = two_steps();
  EXPECT_EQ(state,
            nlohmann::json::parse(
                R"({"order": ["loss", "a part"], "sums": {"a part": 50.0, "loss": 5.0}, "steps": 2})"));
  auto means = state.get<RunningMeans>();
  means.add("loss", 7.0);
  means.count_step();
  EXPECT_THAT(means.take(), ElementsAre(Pair("loss", 4.0), Pair("a part", 50.0 / 3.0)));
}

TEST(RunningMeans, KeepASumThatIsNoNumber) {
  RunningMeans means;
  means.add("loss", std::nan(""));
  means.count_step();
  auto again = nlohmann::json::parse(nlohmann::json(means).dump()).get<RunningMeans>();
  EXPECT_TRUE(std::isnan(again.take().front().second));
}

}  // namespace
}  // namespace rraebench
