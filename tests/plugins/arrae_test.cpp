// What the adaptive rank reduction autoencoder promises beyond conformance (arXiv 2405.13980v2).
#include "built_plugins.hpp"
#include "host/worker/training/pretrained.hpp"
#include "host/worker/training/saved_state.hpp"
#include "host/worker/weights/safetensors.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string_view>

namespace rraebench {
namespace {

class Arrae : public testing::Test {
 protected:
  Arrae() : library_(built_plugin("arrae")) {}

  std::shared_ptr<Model> adaptive(const std::string& reference_loss) const {
    return make_tiny(
        library_, {{"rank", "5"}, {"window", "10"}, {"patience", "3"}, {"reference_loss", reference_loss}});
  }

  PluginLibrary library_;
};

TEST_F(Arrae, LowersTheRankWhileTheReferenceIsReached) {
  const auto all = training_set();
  const auto model = adaptive("1000");  // Any model reaches it.
  train_tiny(*model, all, 100);
  finalise_tiny(*model, all);
  EXPECT_EQ(model->encode(all.samples).size(1), 1);
}

TEST_F(Arrae, KeepsTheRankWhenTheReferenceIsOutOfReach) {
  const auto all = training_set();
  const auto model = adaptive("1e-9");
  train_tiny(*model, all, 100);
  finalise_tiny(*model, all);
  EXPECT_EQ(model->encode(all.samples).size(1), 5);
}

TEST_F(Arrae, RestoresTheParametersOfTheRankItTakesBack) {
  const auto all = training_set();
  const auto model = adaptive("1000");
  train_tiny(*model, all, 10);  // A window: the rank is lowered with its last step.
  std::vector<torch::Tensor> lowered;
  for (const auto& parameter : model->parameters()) lowered.push_back(parameter.detach().clone());
  train_tiny(*model, all, 5);
  EXPECT_FALSE(torch::equal(model->parameters().front(), lowered.front()));
  finalise_tiny(*model, all);  // Within a window: nobody knows yet whether the lower rank does it.
  EXPECT_EQ(model->encode(all.samples).size(1), 5);
  for (std::size_t i = 0; i < lowered.size(); ++i)
    EXPECT_TRUE(torch::equal(model->parameters()[i], lowered[i])) << i;
}

TEST_F(Arrae, StillReconstructsAtTheRankItEndsWith) {
  const auto all = training_set();
  const auto model = adaptive("5");
  train_tiny(*model, all, 3000);
  finalise_tiny(*model, all);
  const torch::NoGradGuard no_gradients;
  const auto coefficients = model->encode(all.samples);
  EXPECT_LT(coefficients.size(1), 5);
  const auto error = (model->decode(coefficients) - all.samples).norm() / all.samples.norm();
  EXPECT_LT(100 * error.item<double>(), 10.0);
}

TEST_F(Arrae, ASavedModelKnowsItsRank) {
  const auto all = training_set();
  const auto model = adaptive("1000");
  train_tiny(*model, all, 35);
  finalise_tiny(*model, all);
  const auto copy = adaptive("1000");
  load_state(*copy, saved_state(*model));
  EXPECT_LT(model->encode(all.samples).size(1), 5);
  EXPECT_TRUE(torch::equal(copy->encode(all.samples), model->encode(all.samples)));
}

TEST_F(Arrae, WeightsToStartFromLeaveTheRankToTheTraining) {
  const auto all = training_set();
  const auto lowered = adaptive("1000");
  train_tiny(*lowered, all, 100);
  finalise_tiny(*lowered, all);
  ASSERT_EQ(part_of(lowered->loss(all), "rank"), 1);
  std::map<std::string, torch::Tensor> tensors;
  for (const auto& parameter : lowered->named_parameters()) tensors[parameter.key()] = parameter.value();
  for (const auto& buffer : lowered->named_buffers()) tensors[buffer.key()] = buffer.value();
  std::string bytes;
  write_safetensors(tensors, {}, [&](std::string_view part) { bytes += part; });
  const TemporaryFolder folder;

  const auto model = adaptive("1e-9");  // Out of reach: the first rank stays.
  load_pretrained(*model, folder.write("weights.safetensors", bytes).string());
  EXPECT_TRUE(torch::equal(model->parameters().front(), lowered->parameters().front()));
  EXPECT_EQ(part_of(model->loss(all), "rank"), 5);
  train_tiny(*model, all, 100);
  finalise_tiny(*model, all);
  EXPECT_EQ(model->encode(all.samples).size(1), 5);
}

TEST_F(Arrae, TheLowestRankMustNotExceedTheFirst) {
  EXPECT_THROW(make_tiny(library_, {{"lowest_rank", "3"}}), std::invalid_argument);
}

}  // namespace
}  // namespace rraebench
