#include "host/worker/training/stagnation_watch.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace rraebench {
namespace {

TrainingPlan windows_of_two(double tolerance, std::int64_t count) {
  TrainingPlan plan;
  plan.stagnation_window = 2;
  plan.stagnation_tolerance = tolerance;
  plan.stagnation_count = count;
  return plan;
}

/// The step, from 1, at which `watch` says so; 0: never.
std::int64_t end_of(StagnationWatch watch, const std::vector<double>& losses) {
  for (std::size_t step = 0; step < losses.size(); ++step)
    if (watch.stagnates(losses[step])) return static_cast<std::int64_t>(step) + 1;
  return 0;
}

TEST(StagnationWatch, EndsWithTheWindowWhoseMeanDoesNotFall) {
  const StagnationWatch watch(windows_of_two(0.1, 1));
  EXPECT_EQ(end_of(watch, {9.0, 1.0, 3.0, 2.0, 1.0, 1.0}), 0);  // 5, 2.5, 1.
  EXPECT_EQ(end_of(watch, {1.0, 1.0, 1.0, 0.9, 0.1, 0.1}), 4);  // 0.95 is less than a tenth below 1.
  EXPECT_EQ(end_of(watch, {1.0, 1.0, 0.8, 0.8, 2.0, 2.0}), 6);
}

TEST(StagnationWatch, WaitsForSoManyWindows) {
  const std::vector<double> flat(12, 1.0);
  EXPECT_EQ(end_of(StagnationWatch(windows_of_two(0.1, 3)), flat), 8);  // The first has none before it.
  EXPECT_EQ(end_of(StagnationWatch(windows_of_two(0.1, 9)), flat), 0);
  EXPECT_EQ(end_of(StagnationWatch(TrainingPlan{}), flat), 0);
}

TEST(StagnationWatch, GoesOnFromASavedState) {
  const auto plan = windows_of_two(0.1, 2);
  StagnationWatch watch(plan);
  for (int step = 0; step < 5; ++step) EXPECT_FALSE(watch.stagnates(1.0));  // Half a window to go.
  torch::serialize::OutputArchive out;
  watch.save(out);
  std::stringstream stream;
  out.save_to(stream);
  torch::serialize::InputArchive in;
  in.load_from(stream);
  StagnationWatch copy(plan);
  copy.load(in);
  EXPECT_EQ(end_of(copy, {1.0, 1.0}), 1);
}

}  // namespace
}  // namespace rraebench
