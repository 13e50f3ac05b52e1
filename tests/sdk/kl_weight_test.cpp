#include "rraebench/kl_weight.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

namespace rraebench {
namespace {

const std::vector<OptionRule> kKlRules = {{"beta", OptionType::kReal, "0.5", "weight", 0},
                                          kBetaRule,
                                          kBetaWarmup,
                                          {"free_bits", OptionType::kReal, "0", "nats", 0}};

ModelSpec kl_spec(const std::map<std::string, std::string>& given, std::int64_t total_steps = 0) {
  ModelSpec spec;
  spec.options = Options(kKlRules, given);
  spec.total_steps = total_steps;
  return spec;
}

torch::Tensor scalar(double value) {
  return torch::full({}, value, torch::TensorOptions(torch::kFloat64).requires_grad(true));
}

/// Means 2 and 0 of the first dimension, 0.2 of the second, variances of 1: 1 and 0.02 nats on average.
torch::Tensor two_samples() {
  return torch::tensor({{2.0, 0.2}, {0.0, 0.2}}, torch::TensorOptions(torch::kFloat64).requires_grad(true));
}

TEST(CountedKl, FreeBitsCountForADimensionWhoseMeanIsBelow) {
  const auto mean = two_samples();
  const auto log_variance = torch::zeros_like(mean).requires_grad_(true);
  const auto [counted, plain] = counted_kl(mean, log_variance, 0.1);
  EXPECT_NEAR(counted.item<double>(), 2 * (1.0 + 0.1), 1e-12);
  EXPECT_NEAR(plain.item<double>(), 2 * (1.0 + 0.02), 1e-12);
  EXPECT_FALSE(plain.requires_grad());
}

TEST(CountedKl, WhatIsSparedIsNotPulledAt) {
  const auto mean = two_samples();
  const auto log_variance = torch::full({2, 2}, std::log(1.1), mean.options()).requires_grad_(true);
  counted_kl(mean, log_variance, 0.1).counted.backward();
  // The second sample's first dimension has no divergence of the mean, but its dimension has enough.
  EXPECT_TRUE(torch::allclose(mean.grad(), torch::tensor({{2.0, 0.0}, {0.0, 0.0}}, torch::kFloat64)));
  EXPECT_TRUE(
      torch::allclose(log_variance.grad(), torch::tensor({{0.05, 0.0}, {0.05, 0.0}}, torch::kFloat64)));
}

TEST(CountedKl, EnoughFreeBitsSpareEverything) {
  const auto mean = two_samples();
  const auto counted = counted_kl(mean, torch::zeros_like(mean), 7.0).counted;
  EXPECT_NEAR(counted.item<double>(), 2 * 2 * 7.0, 1e-12);
  counted.backward();
  EXPECT_EQ(mean.grad().abs().max().item<double>(), 0.0);
}

TEST(CountedKl, WithoutFreeBitsAllOfItCounts) {
  const auto mean = two_samples();
  const auto [counted, plain] = counted_kl(mean, torch::zeros_like(mean), 0.0);
  EXPECT_NEAR(counted.item<double>(), 2.04, 1e-12);
  EXPECT_EQ(plain.item<double>(), counted.item<double>());
  EXPECT_FALSE(plain.requires_grad());
  counted.backward();
  EXPECT_TRUE(torch::allclose(mean.grad(), mean.detach()));
}

TEST(KlWeight, AConstantRuleIsBetaTimesTheDivergence) {
  const auto kl = scalar(3.0);
  const auto error = scalar(20.0);
  const auto weighed = KlWeight(kl_spec({})).weighed(kl, error);
  EXPECT_EQ(weighed.item<double>(), 1.5);
  weighed.backward();
  EXPECT_EQ(kl.grad().item<double>(), 0.5);
  EXPECT_FALSE(error.grad().defined());
}

TEST(KlWeight, AnAdaptiveRuleWeighsByTheDivergenceAndTheError) {
  const auto kl = scalar(3.0);
  const auto error = scalar(20.0);
  const auto weighed = KlWeight(kl_spec({{"beta_rule", "adaptive"}})).weighed(kl, error);
  const double factor = 0.06303910694591143;  // exp(-0.1382 * 20)
  EXPECT_NEAR(weighed.item<double>(), 0.5 * 9 * factor, 1e-12);
  weighed.backward();
  EXPECT_NEAR(kl.grad().item<double>(), 0.5 * 6 * factor, 1e-12);
  EXPECT_NEAR(error.grad().item<double>(), -0.1382 * 0.5 * 9 * factor, 1e-12);
}

TEST(KlWeight, AnAdaptiveWeightHalvesWithEveryFivePercent) {
  const KlWeight weight(kl_spec({{"beta_rule", "adaptive"}}));
  const double whole = weight.weighed(scalar(2.0), scalar(0.0)).item<double>();
  EXPECT_EQ(whole, 2.0);
  EXPECT_NEAR(weight.weighed(scalar(2.0), scalar(5.0)).item<double>() / whole, 0.5, 2e-3);
  EXPECT_NEAR(weight.weighed(scalar(2.0), scalar(10.0)).item<double>() / whole, 0.25, 2e-3);
}

TEST(KlWeight, TheWarmUpGrowsUnderEitherRule) {
  for (const std::string rule : {"constant", "adaptive"}) {
    KlWeight weight(kl_spec({{"beta_rule", rule}, {"beta_warmup", "4"}}));
    for (const double share : {0.25, 0.5, 0.75, 1.0, 1.0}) {
      EXPECT_DOUBLE_EQ(weight.value(), 0.5 * share);
      EXPECT_DOUBLE_EQ(weight.weighed(scalar(1.0), scalar(0.0)).item<double>(), 0.5 * share);
      weight.step();
    }
  }
}

TEST(KlWeight, AShorterTrainingReachesBetaAtItsEnd) {
  KlWeight weight(kl_spec({{"beta_warmup", "1000"}}, 2));
  EXPECT_DOUBLE_EQ(weight.value(), 0.25);
  weight.step();
  EXPECT_DOUBLE_EQ(weight.value(), 0.5);
}

TEST(KlWeight, BetaIsReachedBeforeFineTuningWhateverThatTakes) {
  auto spec = kl_spec({{"beta_warmup", "1000"}}, 500);
  spec.training_steps = 2;
  KlWeight weight(spec);
  weight.step();
  EXPECT_DOUBLE_EQ(weight.value(), 0.5);
}

TEST(KlWeight, OnlyAWarmUpHasStateToSave) {
  EXPECT_TRUE(KlWeight(kl_spec({{"beta_rule", "adaptive"}})).named_buffers().is_empty());
  const KlWeight warmed_up(kl_spec({{"beta_rule", "adaptive"}, {"beta_warmup", "4"}}));
  EXPECT_EQ(warmed_up.named_buffers().keys(), (std::vector<std::string>{"steps"}));
  KlWeight resumed(kl_spec({{"beta_warmup", "4"}}));
  resumed.named_buffers()["steps"].fill_(2);
  EXPECT_DOUBLE_EQ(resumed.value(), 0.5 * 0.75);
}

TEST(KlWeight, AModelNeedsNoRule) {
  ModelSpec spec;
  spec.options = Options({kKlRules[0], kBetaWarmup}, {});
  EXPECT_EQ(KlWeight(spec).weighed(scalar(3.0), scalar(20.0)).item<double>(), 1.5);
}

}  // namespace
}  // namespace rraebench
