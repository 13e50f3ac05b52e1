#include "host/worker/stage_progress.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <vector>

namespace rraebench {
namespace {

TEST(ReportStages, TellsTheFirstAndTheLastAndNotAllBetween) {
  std::vector<nlohmann::json> events;
  const auto report = report_stages([&](const nlohmann::json& event) { events.push_back(event); });
  for (std::int64_t done = 1; done <= 1000; ++done) report("write", done, 1000);
  ASSERT_GE(events.size(), 2U);
  EXPECT_LT(events.size(), 1000U);
  EXPECT_EQ(events.front().at("event"), "progress");
  EXPECT_EQ(events.front().at("stage"), "write");
  EXPECT_EQ(events.front().at("step"), 1);
  EXPECT_EQ(events.back().at("step"), 1000);
  EXPECT_EQ(events.back().at("steps"), 1000);
}

}  // namespace
}  // namespace rraebench
