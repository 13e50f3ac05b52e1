// What the low-rank autoencoder promises beyond conformance (arXiv 2310.16194).
#include "built_plugins.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

TEST(Lorae, TheLossIsReconstructionPlusTheWeightedNuclearNorm) {
  const auto model = make_tiny(built_plugin("lorae"), {{"penalty", "0.5"}});
  const torch::NoGradGuard no_gradients;
  model->named_parameters()["layer.weight"].copy_(torch::diag(torch::tensor({1., 2., 3., 0., 0., 0.})));
  const auto loss = model->loss(training_set());
  EXPECT_NEAR(part_of(loss, "nuclear_norm"), 6.0, 1e-5);
  EXPECT_NEAR(loss.total.item<double>(), part_of(loss, "reconstruction") + 3.0, 1e-3);
}

TEST(Lorae, TheLayerIsApplied) {
  const auto model = make_tiny(built_plugin("lorae"));
  const torch::NoGradGuard no_gradients;
  model->named_parameters()["layer.weight"].zero_();
  EXPECT_EQ(model->encode(training_set().samples).abs().max().item<double>(), 0.0);
}

TEST(Lorae, AStrongPenaltyLowersTheRank) {
  const auto all = training_set();
  const auto small_modes = [&](const std::string& penalty) {
    const auto model = make_tiny(built_plugin("lorae"), {{"penalty", penalty}});
    train_tiny(*model, all, 600);
    const auto values = torch::linalg_svdvals(model->named_parameters()["layer.weight"].detach());
    return (values < 0.05 * values[0]).sum().item<std::int64_t>();
  };
  EXPECT_GT(small_modes("10"), small_modes("0"));
}

TEST(Lorae, ThePublishedVariantIsAnAutoencoder) {
  const auto all = training_set();
  const auto published = make_tiny(built_plugin("lorae"), {{"published_variant", "true"}});
  const auto plain = make_tiny(built_plugin("ae"));
  train_tiny(*published, all, 10);
  train_tiny(*plain, all, 10);
  EXPECT_EQ(published->loss(all).total.item<double>(), plain->loss(all).total.item<double>());
  EXPECT_THROW(make_tiny(built_plugin("lorae"), {{"published_variant", "true"}, {"penalty", "1"}}),
               std::invalid_argument)
      << "of a layer that it has not";
}

}  // namespace
}  // namespace rraebench
