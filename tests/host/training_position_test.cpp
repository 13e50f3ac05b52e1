#include "host/worker/training/training_position.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace rraebench {
namespace {

// As checkpoints hold it: later programs must read it.
constexpr const char* kDocument = R"({
  "stage": 1, "step_in_stage": 20, "step": 120, "steps_planned": 500, "finalised": true, "recorded_steps": 118,
  "seconds": 2.5, "machines": ["one", "another"],
  "means": {"order": ["loss"], "sums": {"loss": 3.0}, "steps": 2},
  "curve": [{"event": "curve", "series": "loss", "step": 59, "value": 4.5},
            {"event": "curve", "series": "loss", "step": 118, "value": null}]})";

TEST(TrainingPosition, IsReadAndWrittenAsCheckpointsHoldIt) {
  const auto document = nlohmann::json::parse(kDocument);
  auto position = training_position_from_json(document);
  EXPECT_EQ(position.stage, 1U);
  EXPECT_EQ(position.step_in_stage, 20);
  EXPECT_EQ(position.step, 120);
  EXPECT_EQ(position.steps_planned, 500);
  EXPECT_TRUE(position.finalised);
  EXPECT_EQ(position.recorded_steps, 118);
  EXPECT_EQ(position.seconds, 2.5);
  EXPECT_THAT(position.machines, testing::ElementsAre("one", "another"));
  ASSERT_EQ(position.curve.size(), 2U);
  EXPECT_EQ(position.curve[0].series, "loss");
  EXPECT_EQ(position.curve[0].step, 59);
  EXPECT_EQ(position.curve[0].value, 4.5);
  EXPECT_TRUE(std::isnan(position.curve[1].value));
  EXPECT_EQ(nlohmann::json::parse(to_json(position).dump()), document);
  EXPECT_THAT(position.means.take(), testing::ElementsAre(testing::Pair("loss", 1.5)));
}

TEST(TrainingPosition, MayBeOfAProgramThatDidNotSayTheMachines) {
  auto document = nlohmann::json::parse(kDocument);
  document.erase("machines");
  EXPECT_TRUE(training_position_from_json(document).machines.empty());
  document.erase("step");
  EXPECT_THROW(training_position_from_json(document), nlohmann::json::exception);
}

}  // namespace
}  // namespace rraebench
