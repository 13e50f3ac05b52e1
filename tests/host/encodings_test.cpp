#include "host/worker/measuring/encodings.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

/// Estimates its KL divergence by draws.
class Drawing : public Model {
 public:
  Loss loss(const Batch& batch) override { return {batch.samples.sum(), {}}; }
  torch::Tensor encode(const torch::Tensor& samples) override { return samples; }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return coefficients; }
  std::optional<torch::Tensor> kl(const torch::Tensor& samples) override {
    return samples.square().sum(1) + torch::randn({samples.size(0)});
  }
};

TEST(Encodings, OfAModelThatDrawsAreTheSameWhateverCameBeforeAndLeaveTheGeneratorAlone) {
  Split split;
  split.samples = torch::arange(12, torch::kFloat32).view({3, 4});
  const SampleSource source(split, {}, torch::kCPU);
  const CheckedModel model(std::make_shared<Drawing>(), {4});
  torch::manual_seed(1);
  const auto expected = torch::rand({3});
  torch::manual_seed(1);
  const auto first = encode_split(model, source);
  EXPECT_TRUE(torch::equal(torch::rand({3}), expected));
  torch::manual_seed(9);
  const auto second = encode_split(model, source);
  ASSERT_TRUE(first.kl && second.kl);
  EXPECT_TRUE(torch::equal(*first.kl, *second.kl));
  EXPECT_EQ(first.kl->sizes(), torch::IntArrayRef({3}));
}

}  // namespace
}  // namespace rraebench
