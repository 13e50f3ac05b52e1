#include "host/worker/training/step_threads.hpp"

#include <gtest/gtest.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>

namespace rraebench {
namespace {

class OneLayer : public Model {
 public:
  template <typename Layer>
  explicit OneLayer(const Layer& layer) {
    register_module("layer", layer);
  }
  Loss loss(const Batch&) override { return {}; }
  torch::Tensor encode(const torch::Tensor& samples) override { return samples; }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return coefficients; }
};

TEST(StepThreads, AreOneForSmallMatrices) {
  const OneLayer small(torch::nn::Linear(200, 4500));
  EXPECT_EQ(threads_of_a_step(small, 17, 8), 1);
  EXPECT_EQ(threads_of_a_step(small, 2000, 8), 8);
}

TEST(StepThreads, AreAllForLargeMatricesAndConvolutions) {
  const OneLayer large(torch::nn::Linear(4500, 4500));
  EXPECT_FALSE(has_convolutions(large));
  EXPECT_EQ(threads_of_a_step(large, 17, 8), 8);
  for (const auto& convolution : {OneLayer(torch::nn::Conv2d(torch::nn::Conv2dOptions(1, 1, 3))),
                                  OneLayer(torch::nn::Conv1d(torch::nn::Conv1dOptions(1, 1, 3)))}) {
    EXPECT_TRUE(has_convolutions(convolution));
    EXPECT_EQ(threads_of_a_step(convolution, 1, 8), 8);
  }
}

}  // namespace
}  // namespace rraebench
