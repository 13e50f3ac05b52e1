// The models whose steps are timed against plain LibTorch do the same work: equal losses and gradients.
#include "tests/peers/plain_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

class PlainModelTest : public testing::TestWithParam<const char*> {};

TEST_P(PlainModelTest, HasThePluginsLossAndGradients) {
  auto step = training_step(GetParam());
  step.batch_size = std::min<std::int64_t>(step.batch_size, 48);
  step.rank = std::min<std::int64_t>(step.rank, 4);
  const auto model = make_model(step, 3);
  PlainModel plain(step);
  copy_parameters(model->parameters(), plain.parameters());
  model->to(torch::kFloat64);  // Modes may lie close together, and float32 would not tell them apart.
  plain.to(torch::kFloat64);
  const auto samples = smooth_batch(step, 2).to(torch::kFloat64);

  model->train();
  torch::manual_seed(5);
  const auto ours = model->loss({samples, torch::arange(step.batch_size)}).total;
  torch::manual_seed(5);
  const auto theirs = plain.loss(samples);
  ours.backward();
  theirs.backward();

  EXPECT_NEAR(ours.item<double>(), theirs.item<double>(), 1e-8 * theirs.item<double>());
  const auto mine = model->named_parameters();
  const auto others = plain.parameters();
  ASSERT_EQ(mine.size(), others.size());
  for (std::size_t i = 0; i < others.size(); ++i) {
    const auto expected = others[i].grad();
    EXPECT_LT((mine[i].value().grad() - expected).norm().item<double>(),
              1e-6 * expected.norm().item<double>())
        << mine[i].key();
  }
}

INSTANTIATE_TEST_SUITE_P(Steps, PlainModelTest,
                         testing::Values("strong RRAE MLP, L = 4500, batch 17",
                                         "long AE MLP, L = 4500, batch 17", "VRRAE CNN 28x28x1, batch 576",
                                         "VRRAE CNN 32x32x3, batch 128"));

TEST(TrainingSteps, AnUnknownOneNamesThoseThatThereAre) {
  EXPECT_THROW(
      {
        try {
          training_step("a long one");
        } catch (const std::invalid_argument& error) {
          EXPECT_THAT(error.what(), testing::HasSubstr("'long AE MLP, L = 2800, batch 20'"));
          throw;
        }
      },
      std::invalid_argument);
}

TEST(TrainingSteps, EveryStepIsTimedAndTheWeightsMove) {
  const auto& step = training_step("long AE MLP, L = 2800, batch 20");
  const auto model = make_model(step, 1);
  const auto before = model->parameters().front().detach().clone();
  const auto seconds = time_training(model, smooth_batch(step, 1), step.batch_size, 3);
  ASSERT_EQ(seconds.size(), 3U);
  for (const auto each : seconds) EXPECT_GT(each, 0.0);
  EXPECT_FALSE(torch::equal(before, model->parameters().front()));
}

}  // namespace
}  // namespace rraebench
