// What the weak rank reduction autoencoder promises beyond conformance (arXiv 2405.13980).
#include "built_plugins.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

class RraeWeak : public testing::Test {
 protected:
  RraeWeak() : library_(built_plugin("rrae-weak")) {}
  PluginLibrary library_;
};

TEST_F(RraeWeak, TheLossIsReconstructionPlusTheWeightedDistance) {
  const auto loss = make_tiny(library_, {{"penalty", "0.5"}})->loss(training_set());
  EXPECT_NEAR(loss.total.item<double>(),
              part_of(loss, "reconstruction") + 0.5 * part_of(loss, "distance_from_rank"), 1e-3);
}

TEST_F(RraeWeak, WithoutPenaltyItTrainsAsAnAutoencoder) {
  const auto all = training_set();
  const auto weak = make_tiny(library_, {{"penalty", "0"}});
  const auto plain = make_tiny(built_plugin("ae"));
  const torch::NoGradGuard no_gradients;
  auto of_weak = weak->named_parameters();
  for (auto& item : plain->named_parameters()) of_weak[item.key()].copy_(item.value());
  EXPECT_FLOAT_EQ(weak->loss(all).total.item<float>(), plain->loss(all).total.item<float>());
}

TEST_F(RraeWeak, CoefficientsBelongToSamplesNotToPlacesInTheBatch) {
  const auto all = training_set();
  const auto model = make_tiny(library_);
  const auto order = torch::randperm(kTinySamples, torch::TensorOptions(torch::kInt64));
  const auto shuffled = all.samples.index_select(0, order);
  const double loss = model->loss(all).total.item<double>();
  EXPECT_NEAR(model->loss({shuffled, order}).total.item<double>(), loss, 1e-3);
  EXPECT_GT(std::abs(model->loss({shuffled, all.indices}).total.item<double>() - loss), 1e-2);
}

TEST_F(RraeWeak, TheDistanceVanishesForATrainedProductThatIsTheLatent) {
  const auto all = training_set();
  const auto model = make_tiny(library_, {{"latent", "2"}, {"rank", "2"}});
  const torch::NoGradGuard no_gradients;
  auto parameters = model->named_parameters();
  parameters["trained_basis"].copy_(torch::eye(2));
  parameters["trained_coefficients"].copy_(model->latent(all.samples));
  EXPECT_NEAR(part_of(model->loss(all), "distance_from_rank"), 0.0, 1e-4);
}

TEST_F(RraeWeak, TheTrainedBasisKeepsUnitColumns) {
  const auto model = make_tiny(library_);
  train_tiny(*model, training_set(), 7);
  const auto norms = model->named_parameters()["trained_basis"].norm(2, 0);
  EXPECT_TRUE(torch::allclose(norms, torch::ones({2})));
}

TEST_F(RraeWeak, TheTrainedBasisMayBeNormalisedInTheLossAlone) {
  const auto all = training_set();
  const auto model = make_tiny(library_, {{"renormalise", "forward"}});
  const auto loss = [&] { return part_of(model->loss(all), "distance_from_rank"); };
  const torch::NoGradGuard no_gradients;
  const double before = loss();
  auto basis = model->named_parameters()["trained_basis"];
  basis.mul_(3.0);
  EXPECT_NEAR(loss(), before, 1e-3 * before) << "the loss sees directions alone";
  model->after_step();
  EXPECT_TRUE(torch::allclose(basis.norm(2, 0), torch::full({2}, 3.0)))
      << "the stored matrix keeps its length";
}

TEST_F(RraeWeak, TheCoefficientsHaveALearningRateOfTheirOwn) {
  const auto model = make_tiny(library_, {{"coefficient_rate", "0.66"}});
  const auto groups = model->parameter_groups();
  ASSERT_EQ(groups.size(), 2);
  EXPECT_EQ(groups[0].learning_rate_scale, 1.0);
  EXPECT_EQ(groups[1].learning_rate_scale, 0.66);
  ASSERT_EQ(groups[1].parameters.size(), 1);
  EXPECT_EQ(groups[1].parameters[0].sizes(), torch::IntArrayRef({kTinySamples, 2}));
}

TEST_F(RraeWeak, TheSpanOfTheTrainedBasisCanBeTheBasis) {
  const auto all = training_set();
  const auto model = make_tiny(library_, {{"basis", "trained"}});
  train_tiny(*model, all, 20);
  finalise_tiny(*model, all);
  const auto trained = model->named_parameters()["trained_basis"].detach();
  const auto fixed = model->named_buffers()["basis.vectors"];
  EXPECT_TRUE(torch::allclose(fixed.matmul(fixed.t().matmul(trained)), trained, 1e-4, 1e-5));
}

}  // namespace
}  // namespace rraebench
