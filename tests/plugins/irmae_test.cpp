// What the implicit rank-minimising autoencoder promises beyond conformance (arXiv 2010.00679).
#include "built_plugins.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

class Irmae : public testing::Test {
 protected:
  Irmae() : library_(built_plugin("irmae")) {}

  static std::vector<torch::Tensor> layers_of(Model& model) {
    std::vector<torch::Tensor> layers;
    for (const auto& item : model.named_parameters())
      if (item.key().rfind("layers.", 0) == 0) layers.push_back(item.value());
    return layers;
  }

  PluginLibrary library_;
};

TEST_F(Irmae, HasAsManySquareLayersAsAsked) {
  for (const std::int64_t count : {1, 2, 4}) {
    const auto model = make_tiny(library_, {{"layers", std::to_string(count)}});
    const auto layers = layers_of(*model);
    ASSERT_EQ(layers.size(), count);
    for (const auto& layer : layers) EXPECT_EQ(layer.sizes(), torch::IntArrayRef({6, 6}));
  }
}

TEST_F(Irmae, EveryLayerIsApplied) {
  const auto all = training_set();
  const auto model = make_tiny(library_, {{"layers", "3"}});
  const torch::NoGradGuard no_gradients;
  for (auto& layer : layers_of(*model)) layer.copy_(torch::eye(6));
  const auto plain = model->encode(all.samples);
  double factor = 1.0;
  for (auto& layer : layers_of(*model)) {
    layer.mul_(2.0);
    factor *= 2.0;
    EXPECT_TRUE(torch::allclose(model->encode(all.samples), factor * plain));
  }
}

TEST_F(Irmae, ThePublishedVariantHasOneLayerFewerAndEqualStartingValues) {
  const auto model = make_tiny(library_, {{"layers", "3"}, {"published_variant", "true"}});
  const auto layers = layers_of(*model);
  ASSERT_EQ(layers.size(), 2);
  EXPECT_TRUE(torch::equal(layers[0], layers[1]));
  const auto own = make_tiny(library_, {{"layers", "2"}});
  EXPECT_FALSE(torch::equal(layers_of(*own)[0], layers_of(*own)[1]));
}

TEST_F(Irmae, ThePublishedVariantWithOneLayerIsAnAutoencoder) {
  const auto model = make_tiny(library_, {{"layers", "1"}, {"published_variant", "true"}});
  EXPECT_TRUE(layers_of(*model).empty());
  EXPECT_EQ(model->encode(training_set().samples).size(1), 6);
}

}  // namespace
}  // namespace rraebench
