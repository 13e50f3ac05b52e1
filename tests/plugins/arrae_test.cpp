// What the adaptive rank reduction autoencoder promises beyond conformance (arXiv 2405.13980v2).
#include "built_plugins.hpp"
#include "host/worker/saved_state.hpp"

#include <gtest/gtest.h>

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
  // The sines lie in two dimensions: rank 2 or more reaches a loss that rank 1 cannot.
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

TEST_F(Arrae, TheLowestRankMustNotExceedTheFirst) {
  EXPECT_THROW(make_tiny(library_, {{"lowest_rank", "3"}}), std::invalid_argument);
}

}  // namespace
}  // namespace rraebench
