// What the variational rank reduction autoencoder promises beyond conformance (arXiv 2505.09458).
#include "built_plugins.hpp"
#include "plain_loss.hpp"
#include "rraebench/leading_modes.hpp"
#include "tests/support/complaint.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

class Vrrae : public testing::Test {
 protected:
  Vrrae() : library_(built_plugin("vrrae")) {}

  static torch::Tensor buffer(Model& model, const std::string& name) { return model.named_buffers()[name]; }

  static Batch rows(const Batch& all, const std::vector<std::int64_t>& chosen) {
    const auto indices = torch::tensor(chosen);
    return {all.samples.index_select(0, indices), indices};
  }

  /// Those that loss() has just seen, with their signs.
  static LeadingModes modes_of(Model& model, const torch::Tensor& latent) {
    const auto last_basis = buffer(model, "last_basis");
    return leading_modes(latent, last_basis.size(1), last_basis);
  }

  PluginLibrary library_;
};

TEST_F(Vrrae, TheLossIsReconstructionPlusBetaTimesKl) {
  const auto model = make_tiny(library_, {{"beta", "0.25"}});
  const auto loss = model->loss(training_set());
  EXPECT_GT(part_of(loss, "kl"), 0.0);
  EXPECT_NEAR(loss.total.item<double>(), part_of(loss, "reconstruction") + 0.25 * part_of(loss, "kl"), 1e-3);
}

TEST_F(Vrrae, ModesKeepTheirSignsFromBatchToBatch) {
  const auto all = training_set();
  const auto model = make_tiny(library_);
  const auto of_even = rows(all, {0, 2, 4, 6, 8});
  const auto of_odd = rows(all, {1, 3, 5, 7, 9});
  model->loss(of_even);
  for (int step = 0; step < 6; ++step) {
    auto basis = buffer(*model, "last_basis");
    const auto before = basis.clone();
    // As if the SVD had come back mirrored.
    if (step % 2 == 1) basis.neg_();
    model->loss(step % 2 == 0 ? of_odd : of_even);
    const auto products = (buffer(*model, "last_basis") * before).sum(0);
    EXPECT_TRUE((step % 2 == 1 ? products < 0 : products > 0).all().item<bool>()) << products;
  }
}

TEST_F(Vrrae, TheFixedBasisHasTheSignsOfTheLastBatch) {
  const auto all = training_set();
  for (const double sign : {1.0, -1.0}) {
    const auto model = make_tiny(library_);
    train_tiny(*model, all, 5);
    buffer(*model, "last_basis").mul_(sign);
    finalise_tiny(*model, all);
    const auto products = (buffer(*model, "last_basis") * buffer(*model, "basis.vectors")).sum(0);
    EXPECT_TRUE((products > 0).all().item<bool>()) << products;
  }
}

TEST_F(Vrrae, AfterTrainingOnOneBatchItsCoefficientsStay) {
  const auto all = training_set();
  const auto model = make_tiny(library_);
  train_tiny(*model, all, 20);
  const torch::NoGradGuard no_gradients;
  model->loss(all);  // The last step changed the encoder.
  const auto basis = buffer(*model, "last_basis").clone();
  finalise_tiny(*model, all);
  EXPECT_TRUE(torch::allclose(buffer(*model, "basis.vectors"), basis, 1e-3, 1e-4));
  EXPECT_TRUE(
      torch::allclose(model->latent(all.samples).matmul(basis), model->encode(all.samples), 1e-3, 1e-4));
}

TEST_F(Vrrae, TheLinearMeanIsAMapOfTheCoefficients) {
  const auto model = make_tiny(library_, {{"mean", "linear"}});
  const auto all = training_set();
  finalise_tiny(*model, all);
  const torch::NoGradGuard no_gradients;
  auto parameters = model->named_parameters();
  const auto before = model->encode(all.samples);
  parameters["mean.weight"].mul_(2.0);
  parameters["mean.bias"].mul_(2.0);
  EXPECT_TRUE(torch::allclose(model->encode(all.samples), 2.0 * before, 1e-5, 1e-6));
  EXPECT_FALSE(make_tiny(library_)->named_parameters().contains("mean.weight"));
}

TEST_F(Vrrae, WhitenedCoefficientsHaveUnitMeanSquare) {
  const auto model = make_tiny(library_, {{"mean", "whitened"}});
  const auto all = training_set();
  finalise_tiny(*model, all);
  const torch::NoGradGuard no_gradients;
  const auto squares = model->encode(all.samples).square().mean(0);
  EXPECT_TRUE(torch::allclose(squares, torch::ones_like(squares), 1e-4, 1e-4)) << squares;
  const auto plain = make_tiny(library_);
  finalise_tiny(*plain, all);
  EXPECT_TRUE(torch::allclose(model->latent(all.samples), plain->latent(all.samples), 1e-4, 1e-5))
      << "the same latent, in other units";
}

TEST_F(Vrrae, CentredCoefficientsHaveNoMean) {
  const auto model = make_tiny(library_, {{"centre", "true"}});
  const auto all = training_set();
  finalise_tiny(*model, all, 3);
  const torch::NoGradGuard no_gradients;
  EXPECT_LT(model->encode(all.samples).mean(0).abs().max().item<double>(), 1e-5);
}

TEST_F(Vrrae, TheGradientOfDetachedNoiseStopsBeforeTheSvd) {
  const auto all = training_set(torch::kFloat64);
  for (const std::string noise : {"posterior", "singular"}) {
    const auto model =
        make_tiny(library_, {{"noise_gradient", "detached"}, {"noise", noise}}, 1, torch::kFloat64);
    expect_plain_loss(*model, all, [&] {
      const auto y = run_child(*model, "encoder", all.samples);
      const auto modes = modes_of(*model, y);
      const auto still = modes.basis.detach();
      auto draw = torch::randn_like(modes.coefficients);
      if (noise == "posterior")
        draw = draw * (0.5 * run_child(*model, "log_variance", y.matmul(still))).exp();
      else
        draw = draw * y.matmul(still).norm(2, 0, true) * (4.0 / static_cast<double>(y.size(0)));
      const auto latent = modes.coefficients.matmul(modes.basis.t()) + draw.matmul(still.t());
      auto error = plain_error(run_child(*model, "decoder", latent), all.samples);
      if (noise == "singular") return error;
      const auto log_variance = run_child(*model, "log_variance", modes.coefficients);
      return error + 1e-3 * plain_kl(modes.coefficients, log_variance).sum();
    });
  }
}

TEST_F(Vrrae, TheAdaptiveWeightIsOfTheDivergenceAndTheError) {
  const auto all = training_set(torch::kFloat64);
  // Untrained, errors of 100 % make the weight a million times smaller.
  const auto model = make_tiny(library_, {{"beta_rule", "adaptive"}, {"beta", "1e5"}}, 1, torch::kFloat64);
  expect_plain_loss(*model, all, [&] {
    const auto modes = modes_of(*model, run_child(*model, "encoder", all.samples));
    const auto log_variance = run_child(*model, "log_variance", modes.coefficients);
    const auto noise = torch::randn_like(modes.coefficients) * (0.5 * log_variance).exp();
    const auto latent = (modes.coefficients + noise).matmul(modes.basis.t());
    const auto error = plain_error(run_child(*model, "decoder", latent), all.samples);
    const auto kl = plain_kl(modes.coefficients, log_variance).sum();
    const auto weighed = 1e5 * kl * (-0.1382 * error).exp() * kl;
    EXPECT_GT(weighed.item<double>(), 0.1) << "else the rule is not seen";
    return error + weighed;
  });
}

TEST_F(Vrrae, TheAdaptiveRuleKeepsNoStateAndLeavesFineTuningAlone) {
  const auto all = training_set(torch::kFloat64);
  const auto model = make_tiny(library_, {{"beta_rule", "adaptive"}, {"beta", "1e5"}}, 1, torch::kFloat64);
  const auto constant = make_tiny(library_, {}, 1, torch::kFloat64);
  EXPECT_EQ(model->named_buffers().keys(),
            (std::vector<std::string>{"last_basis", "basis.vectors", "basis.is_set"}));
  EXPECT_EQ(model->named_parameters().keys(), constant->named_parameters().keys());
  for (auto* each : {model.get(), constant.get()}) {
    seeded_loss(*each, all);
    finalise_tiny(*each, all);
  }
  EXPECT_EQ(seeded_loss(*model, all).item<double>(), seeded_loss(*constant, all).item<double>());
}

TEST_F(Vrrae, TheCurveOfTheKlIsPlainWhateverFreeBitsSpare) {
  const auto plain = make_tiny(library_);
  const auto spared = make_tiny(library_, {{"free_bits", "5"}});
  const auto kl = part_of(plain->loss(training_set()), "kl");
  EXPECT_NEAR(part_of(spared->loss(training_set()), "kl"), kl, 1e-4 * kl);
}

TEST_F(Vrrae, OptionsOfAKlThatThereIsNotAreAnError) {
  EXPECT_THROW(make_tiny(library_, {{"noise", "singular"}, {"beta", "0.2"}}), std::invalid_argument);
  EXPECT_THROW(make_tiny(library_, {{"noise", "singular"}, {"free_bits", "1"}}), std::invalid_argument);
  EXPECT_THROW(make_tiny(library_, {{"noise", "singular"}, {"beta_warmup", "5"}}), std::invalid_argument);
  EXPECT_THROW(make_tiny(library_, {{"noise", "singular"}, {"beta_rule", "adaptive"}}),
               std::invalid_argument);
  EXPECT_NO_THROW(make_tiny(library_, {{"noise", "singular"}, {"beta_rule", "constant"}}));
}

TEST_F(Vrrae, AStrengthOfNoiseThatThereIsNotIsAnError) {
  EXPECT_EQ(complaint_of<std::invalid_argument>([&] {
              make_tiny(library_, {{"noise_strength", "5"}});
            }),
            "option 'noise_strength' is 5 but it is of noise=singular alone; leave it out");
  EXPECT_NO_THROW(make_tiny(library_, {{"noise_strength", "5"}, {"noise", "singular"}}));
}

TEST_F(Vrrae, DetachedNoiseChangesTheGradientAndNotTheLoss) {
  const auto all = training_set(torch::kFloat64);
  torch::Tensor losses[2];
  torch::Tensor gradients[2];
  for (const int detached : {0, 1}) {
    const auto model =
        make_tiny(library_, {{"noise_gradient", detached == 1 ? "detached" : "full"}}, 1, torch::kFloat64);
    model->train();
    losses[detached] = seeded_loss(*model, all);
    losses[detached].backward();
    gradients[detached] = model->named_parameters().begin()->value().grad().clone();
  }
  EXPECT_NEAR(losses[0].item<double>(), losses[1].item<double>(), 1e-9);
  EXPECT_FALSE(torch::allclose(gradients[0], gradients[1], 1e-6, 1e-9));
}

TEST_F(Vrrae, SingularNoiseHasNeitherKlNorPosteriorNorPrior) {
  const auto model = make_tiny(library_, {{"noise", "singular"}});
  const auto all = training_set();
  EXPECT_EQ(model->loss(all).parts.size(), 1U);
  finalise_tiny(*model, all);
  EXPECT_FALSE(model->posterior(all.samples).has_value());
  EXPECT_FALSE(model->prior(3).has_value());
}

TEST_F(Vrrae, BetaGrowsOverItsWarmUp) {
  const auto model = make_tiny(library_, {{"beta", "1"}, {"beta_warmup", "4"}});
  const auto all = training_set();
  for (const double share : {0.25, 0.5, 0.75, 1.0, 1.0}) {
    const auto loss = model->loss(all);
    EXPECT_NEAR(loss.total.item<double>() - part_of(loss, "reconstruction"), share * part_of(loss, "kl"),
                1e-3);
    model->after_step();
  }
}

TEST_F(Vrrae, AShorterTrainingReachesBetaAtItsEnd) {
  const auto model = make_tiny(library_, {{"beta", "1"}, {"beta_warmup", "100000"}});
  const auto all = training_set();
  for (std::int64_t step = 1; step < kTinySteps; ++step) model->after_step();
  const auto loss = model->loss(all);
  EXPECT_NEAR(loss.total.item<double>() - part_of(loss, "reconstruction"), part_of(loss, "kl"), 1e-3);
}

TEST_F(Vrrae, ABatchSmallerThanTheRankIsRefused) {
  const auto model = make_tiny(library_, {{"rank", "3"}});
  EXPECT_THROW(model->loss(rows(training_set(), {0, 1})), std::invalid_argument);
}

TEST_F(Vrrae, FineTuningLeavesTheEncoderAndHasNoKl) {
  const auto all = training_set();
  const auto model = make_tiny(library_);
  train_tiny(*model, all, 20);
  finalise_tiny(*model, all);
  const auto before = model->encode(all.samples).detach().clone();
  EXPECT_EQ(model->loss(all).parts.size(), 1);
  train_tiny(*model, all, 5);
  model->eval();
  EXPECT_TRUE(torch::equal(model->encode(all.samples), before));
}

}  // namespace
}  // namespace rraebench
