#include "plugins/arrae/rank_schedule.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

RankScheduleSettings one_step_windows(std::int64_t first_rank) {
  RankScheduleSettings settings;
  settings.first_rank = first_rank;
  settings.window = 1;
  settings.patience = 2;
  return settings;
}

TEST(RankSchedule, TheFirstStagnantLossIsTheReference) {
  RankSchedule schedule(one_step_windows(5));
  EXPECT_EQ(schedule.observe(10.0), RankChange::kNone);
  EXPECT_EQ(schedule.observe(5.0), RankChange::kNone);
  EXPECT_EQ(schedule.observe(4.99), RankChange::kSaveAndLower);  // Fell by 0.2 %.
  EXPECT_EQ(schedule.rank(), 4);
  EXPECT_EQ(schedule.observe(6.0), RankChange::kNone);  // Above the reference.
  EXPECT_EQ(schedule.observe(4.98), RankChange::kSaveAndLower);
  EXPECT_EQ(schedule.rank(), 3);
}

TEST(RankSchedule, ARankThatStaysAboveTheReferenceIsTakenBack) {
  auto settings = one_step_windows(5);
  settings.reference_loss = 1.0;
  RankSchedule schedule(settings);
  EXPECT_EQ(schedule.observe(0.9), RankChange::kSaveAndLower);
  EXPECT_EQ(schedule.observe(3.0), RankChange::kNone);
  EXPECT_EQ(schedule.observe(2.0), RankChange::kNone);  // Still falling.
  EXPECT_EQ(schedule.observe(2.0), RankChange::kNone);  // Stagnant once.
  EXPECT_EQ(schedule.observe(2.0), RankChange::kRestoreAndRaise);
  EXPECT_EQ(schedule.rank(), 5);
  EXPECT_TRUE(schedule.settled());
  EXPECT_EQ(schedule.observe(0.1), RankChange::kNone);
}

TEST(RankSchedule, NeverGoesBelowTheLowestRank) {
  auto settings = one_step_windows(3);
  settings.reference_loss = 1.0;
  settings.lowest_rank = 2;
  RankSchedule schedule(settings);
  EXPECT_EQ(schedule.observe(0.5), RankChange::kSaveAndLower);
  EXPECT_EQ(schedule.observe(0.5), RankChange::kNone);
  EXPECT_EQ(schedule.rank(), 2);
  EXPECT_TRUE(schedule.settled());
}

TEST(RankSchedule, TheEndOfTrainingTakesBackARankThatHasNotReachedTheReference) {
  auto settings = one_step_windows(3);
  settings.reference_loss = 1.0;
  RankSchedule schedule(settings);
  schedule.observe(0.5);
  schedule.observe(2.0);
  EXPECT_EQ(schedule.end_training(), RankChange::kRestoreAndRaise);
  EXPECT_EQ(schedule.rank(), 3);
  EXPECT_EQ(schedule.end_training(), RankChange::kNone);
}

TEST(RankSchedule, AReferenceThatTheFirstRankMissesLeavesTheRank) {
  auto settings = one_step_windows(3);
  settings.reference_loss = 1.0;
  RankSchedule schedule(settings);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(schedule.observe(2.0), RankChange::kNone);
  EXPECT_TRUE(schedule.settled());
  EXPECT_EQ(schedule.rank(), 3);
}

TEST(RankSchedule, AnObservationIsTheMeanOfAWindow) {
  auto settings = one_step_windows(3);
  settings.window = 2;
  settings.reference_loss = 1.0;
  RankSchedule schedule(settings);
  EXPECT_EQ(schedule.observe(0.1), RankChange::kNone);
  EXPECT_EQ(schedule.observe(2.1), RankChange::kNone);  // Mean 1.1.
  EXPECT_EQ(schedule.observe(0.1), RankChange::kNone);
  EXPECT_EQ(schedule.observe(1.8), RankChange::kSaveAndLower);  // Mean 0.95.
}

TEST(RankSchedule, ItsStateIsAllOfIt) {
  const auto settings = one_step_windows(6);
  RankSchedule schedule(settings);
  const std::vector<double> losses = {9, 5, 5, 7, 4, 8, 8, 8, 8, 3};
  for (std::size_t cut = 0; cut < losses.size(); ++cut) {
    RankSchedule whole(settings);
    RankSchedule resumed(settings);
    for (std::size_t i = 0; i < losses.size(); ++i) {
      if (i == cut) resumed.restore(whole.state());
      const auto expected = whole.observe(losses[i]);
      if (i >= cut) {
        EXPECT_EQ(resumed.observe(losses[i]), expected);
      }
    }
    EXPECT_EQ(resumed.rank(), whole.rank());
  }
}

}  // namespace
}  // namespace rraebench
