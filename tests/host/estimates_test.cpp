#include "host/program/planning/estimates.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace rraebench {
namespace {

Estimate estimate_run(const RunSpec& spec, std::vector<RunCost> earlier) {
  return RunEstimator(std::move(earlier)).estimate(spec);
}

RunSpec spec(std::int64_t seed, std::int64_t steps = 100) {
  RunSpec made;
  made.suite = "s";
  made.plugin = "vae";
  made.dataset = "shift";
  made.sample_counts = {{"train", 50}};
  made.training.batch_size = 20;
  made.training.stages = {{1e-3, steps, 0}};
  made.seed = seed;
  return made;
}

RunCost cost(const RunSpec& spec, double wall, double train, std::int64_t memory = 100,
             std::int64_t bytes = 10) {
  return {spec.plugin, spec.dataset, to_json(spec).dump(), wall, train, planned_steps(spec), memory, bytes};
}

TEST(PlannedSteps, AreThoseOfTheTrainer) {
  auto run = spec(0);
  EXPECT_EQ(planned_steps(run), 100);
  run.training.stages = {{1e-3, 0, 3}, {1e-4, 10, 0}};  // Two whole batches an epoch.
  EXPECT_EQ(planned_steps(run), 16);
  run.training.fine_tuning = {{1e-4, 4, 0}};
  run.training.scale = 0.01;  // At least a step each.
  EXPECT_EQ(planned_steps(run), 3);
  run.training.batch_size = 1000;  // All samples at once.
  run.training.scale = 1.0;
  EXPECT_EQ(planned_steps(run), 17);
}

TEST(Estimate, IsTheMedianOfTheSameSettings) {
  const auto estimate = estimate_run(spec(7), {cost(spec(0), 10, 8, 100, 5), cost(spec(1), 30, 8, 300, 4),
                                               cost(spec(2), 14, 8, 200, 6), cost(spec(0, 900), 99, 9)});
  EXPECT_EQ(estimate.seconds, 14.0);
  EXPECT_EQ(estimate.memory_bytes, 300);
  EXPECT_EQ(estimate.disk_bytes, 6);
}

TEST(Estimate, ScalesTheTrainingOfOtherBudgetsAlone) {
  auto other = spec(0, 50);
  other.options = {{"latent", "3"}};  // Of another size, too.
  const auto estimate = estimate_run(spec(7), {cost(other, 10, 8)});
  EXPECT_EQ(estimate.seconds, 2.0 + 16.0);
}

TEST(Estimate, IsNothingWhereNoRunTells) {
  auto other_batch = spec(0);
  other_batch.training.batch_size = 10;
  auto other_device = spec(0);
  other_device.device = "cuda";
  auto other_data = spec(0);
  other_data.dataset = "gauss";
  auto other_model = spec(0);
  other_model.plugin = "ae";
  const auto estimate = estimate_run(spec(0), {cost(other_batch, 1, 1), cost(other_device, 1, 1),
                                               cost(other_data, 1, 1), cost(other_model, 1, 1)});
  EXPECT_EQ(estimate.seconds, std::nullopt);
  EXPECT_EQ(estimate.memory_bytes, std::nullopt);
  RunCost broken{"vae", "shift", "no JSON", 1, 1, 1, 1, 1};
  EXPECT_EQ(estimate_run(spec(0), {broken}).seconds, std::nullopt);
}

TEST(Estimate, OfAContinuedRunIsNotItsLastPartAlone) {
  EXPECT_EQ(estimate_run(spec(0), {cost(spec(0), 2, 8)}).seconds, 8.0);
}

TEST(Makespan, FillsPlacesInOrder) {
  const std::vector<Estimate> runs = {{4.0, {}, {}}, {1.0, {}, {}}, {2.0, {}, {}}, {}, {3.0, {}, {}}};
  EXPECT_EQ(makespan(runs, 1), 10.0);
  EXPECT_EQ(makespan(runs, 2), 6.0);  // 4 | 1 2 3.
  EXPECT_EQ(makespan(runs, 100), 4.0);
  EXPECT_EQ(makespan({}, 3), 0.0);
}

}  // namespace
}  // namespace rraebench
