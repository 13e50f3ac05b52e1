#include "host/worker/training/optimisers.hpp"

#include <gtest/gtest.h>
#include <torch/types.h>

namespace rraebench {
namespace {

TEST(Optimisers, EachGroupHasItsShareOfTheLearningRate) {
  for (const char* name : {"adabelief", "adam"}) {
    TrainingPlan plan;
    plan.optimiser = name;
    // One of the rates is 1e-3, which is what LibTorch's options begin with.
    for (const double rate : {1e-3, 2e-3, 3e-2}) {
      const auto optimiser = make_optimiser(
          plan, {{{torch::ones({1})}, 0.5}, {{torch::ones({1})}, 1.0}, {{torch::ones({1})}, 0.66}}, rate);
      ASSERT_EQ(optimiser->param_groups().size(), 3U);
      EXPECT_DOUBLE_EQ(optimiser->param_groups()[0].options().get_lr(), 0.5 * rate) << name;
      EXPECT_DOUBLE_EQ(optimiser->param_groups()[1].options().get_lr(), rate) << name;
      EXPECT_DOUBLE_EQ(optimiser->param_groups()[2].options().get_lr(), 0.66 * rate) << name;
    }
  }
}

}  // namespace
}  // namespace rraebench
