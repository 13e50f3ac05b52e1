// What the contractive autoencoder promises beyond conformance (Rifai et al. 2011).
#include "built_plugins.hpp"
#include "plain_loss.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

class ContractiveAe : public testing::Test {
 protected:
  ContractiveAe() : library_(built_plugin("contractive-ae")), all_(training_set(torch::kFloat64)) {}

  std::shared_ptr<Model> make(const std::map<std::string, std::string>& options) const {
    return make_tiny(library_, options, 1, torch::kFloat64);
  }

  PluginLibrary library_;
  Batch all_;
};

/// What goes into the encoder's last layer, and the latent: N x width and N x L.
std::pair<torch::Tensor, torch::Tensor> around_last_layer(Model& model, const torch::Tensor& samples) {
  auto& encoder = *model.named_children()["encoder"]->as<torch::nn::Sequential>();
  auto x = samples;
  for (std::size_t layer = 0; layer + 1 < encoder.size(); ++layer)
    x = (encoder.begin() + static_cast<std::ptrdiff_t>(layer))->forward(x);
  return {x, (encoder.end() - 1)->forward(x).sigmoid()};
}

/// The sum over the samples of their squared Jacobians of `y` by `x`, a row of which is of one sample each.
torch::Tensor squared_jacobians(const torch::Tensor& x, const torch::Tensor& y) {
  auto sum = torch::zeros({}, x.options());
  for (std::int64_t j = 0; j < y.size(1); ++j)
    sum = sum + torch::autograd::grad({y.select(1, j).sum()}, {x}, {}, true, true)[0].square().sum();
  return sum;
}

TEST_F(ContractiveAe, ThePenaltyIsTheSquaredJacobianThatAutogradGives) {
  for (const std::string reduction : {"mean", "sum"}) {
    SCOPED_TRACE(reduction);
    const auto model = make({{"reduction", reduction}, {"weight", "3"}});
    const double share = reduction == "sum" ? 1.0 : 1.0 / kTinySamples;
    const auto loss = model->loss(all_);
    const auto [x, y] = around_last_layer(*model, all_.samples);
    EXPECT_TRUE(torch::allclose(y, model->encode(all_.samples)));
    const double penalty = share * squared_jacobians(x, y).item<double>();
    EXPECT_GT(penalty, 1e-2);
    EXPECT_NEAR(part_of(loss, "jacobian"), penalty, 1e-10 * penalty);
    EXPECT_NEAR(loss.total.item<double>(), part_of(loss, "reconstruction") + 3 * penalty, 1e-9);
  }
}

TEST_F(ContractiveAe, TheGradientIsThatOfAutogradsJacobian) {
  const auto model = make({{"weight", "30"}});
  expect_plain_loss(*model, all_, [&] {
    const auto [x, y] = around_last_layer(*model, all_.samples);
    return plain_error(run_child(*model, "decoder", y), all_.samples) +
           30 * squared_jacobians(x, y) / kTinySamples;
  });
}

}  // namespace
}  // namespace rraebench
