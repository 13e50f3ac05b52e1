// What the strong rank reduction autoencoder promises beyond conformance (arXiv 2405.13980, section 3).
#include "built_plugins.hpp"
#include "plain_loss.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

/// The best approximation of rank 2 by a whole SVD of LibTorch's: N x L -> N x L.
torch::Tensor of_rank_two(const torch::Tensor& matrix) {
  const auto [u, s, vh] = torch::linalg_svd(matrix, /*full_matrices=*/false);
  return (u.slice(1, 0, 2) * s.slice(0, 0, 2)).matmul(vh.slice(0, 0, 2));
}

class RraeStrong : public testing::Test {
 protected:
  RraeStrong() : library_(built_plugin("rrae-strong")), all_(training_set(torch::kFloat64)) {}

  /// With weights that make the samples' latents differ well.
  std::shared_ptr<Model> make(const char* centre) const {
    const auto model = make_tiny(library_, {{"centre", centre}, {"latent", "4"}}, 1, torch::kFloat64);
    const torch::NoGradGuard no_gradients;
    for (auto& parameter : model->parameters()) parameter.mul_(3.0);
    return model;
  }

  double error_of(Model& model, const torch::Tensor& latent, const torch::Tensor& samples) const {
    return plain_error(run_child(model, "decoder", latent), samples).item<double>();
  }

  PluginLibrary library_;
  Batch all_;
};

TEST_F(RraeStrong, TheDecoderSeesTheTruncatedSvd) {
  const auto model = make("false");
  expect_plain_loss(*model, all_, [&] {
    const auto y = run_child(*model, "encoder", all_.samples);
    return plain_error(run_child(*model, "decoder", of_rank_two(y)), all_.samples);
  });
}

TEST_F(RraeStrong, CentredTheBatchsMeanIsTakenOffAndPutBack) {
  const auto model = make("true");
  expect_plain_loss(*model, all_, [&] {
    const auto y = run_child(*model, "encoder", all_.samples);
    const auto mean = y.mean(0, /*keepdim=*/true);
    return plain_error(run_child(*model, "decoder", of_rank_two(y - mean) + mean), all_.samples);
  });
  const torch::NoGradGuard no_gradients;
  EXPECT_GT(std::abs(model->loss(all_).total.item<double>() - make("false")->loss(all_).total.item<double>()),
            1e-3)
      << "the option has no effect";
}

TEST_F(RraeStrong, AfterTrainingTheMeanOfAllTrainingSamplesIs) {
  const auto model = make("true");
  finalise_tiny(*model, all_, 4);  // In batches of 4, 4 and 2.
  const torch::NoGradGuard no_gradients;
  const auto y = run_child(*model, "encoder", all_.samples);
  const auto mean = y.mean(0, /*keepdim=*/true);
  const auto reduced = of_rank_two(y - mean) + mean;
  const auto coefficients = model->encode(all_.samples);
  EXPECT_LT(coefficients.mean(0).abs().max().item<double>(), 1e-10);
  const auto singular_values = torch::linalg_svdvals(y - mean).slice(0, 0, 2);
  EXPECT_TRUE(torch::allclose(coefficients.norm(2, 0), singular_values, 1e-8, 1e-10));
  EXPECT_TRUE(torch::allclose(model->latent(all_.samples), reduced, 1e-8, 1e-10));
  EXPECT_TRUE(
      torch::allclose(model->decode(coefficients), run_child(*model, "decoder", reduced), 1e-8, 1e-10));
  // A sample by itself, whose own mean would leave nothing.
  const auto first = all_.samples.slice(0, 0, 1);
  EXPECT_TRUE(torch::allclose(model->latent(first), reduced.slice(0, 0, 1), 1e-8, 1e-10));
  // Fine tuning sees that mean, too, not its batch's.
  const Batch half{all_.samples.slice(0, 0, 5), all_.indices.slice(0, 0, 5)};
  EXPECT_NEAR(model->loss(half).total.item<double>(), error_of(*model, reduced.slice(0, 0, 5), half.samples),
              1e-8);
}

TEST_F(RraeStrong, WhatIsNotCentredHasTheModesOfTheLatentsThemselves) {
  const auto model = make("false");
  finalise_tiny(*model, all_, 4);
  const torch::NoGradGuard no_gradients;
  const auto y = run_child(*model, "encoder", all_.samples);
  EXPECT_TRUE(torch::allclose(model->latent(all_.samples), of_rank_two(y), 1e-8, 1e-10));
  EXPECT_FALSE(model->named_buffers().contains("basis.mean"));
}

}  // namespace
}  // namespace rraebench
