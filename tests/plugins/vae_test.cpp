// What the variational autoencoder promises beyond conformance (Kingma and Welling 2013; arXiv 2505.09458).
#include "built_plugins.hpp"
#include "plain_loss.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

class Vae : public testing::Test {
 protected:
  Vae() : library_(built_plugin("vae")), all_(training_set(torch::kFloat64)) {}

  std::shared_ptr<Model> make(const std::map<std::string, std::string>& options) const {
    return make_tiny(library_, options, 1, torch::kFloat64);
  }

  /// Two dimensions with one posterior for every sample, N(1, 2) and N(0.2, 1), whose divergences are
  /// 1 - ln(2) / 2 and 0.02 nats.
  std::shared_ptr<Model> make_with_known_posterior(std::map<std::string, std::string> options) const {
    options["latent"] = "2";
    const auto model = make(options);
    auto parameters = model->named_parameters();
    const torch::NoGradGuard no_gradients;
    parameters["mean.weight"].zero_();
    parameters["mean.bias"].copy_(torch::tensor({1.0, 0.2}, torch::kFloat64));
    parameters["log_variance.weight"].zero_();
    parameters["log_variance.bias"].copy_(torch::tensor({std::log(2.0), 0.0}, torch::kFloat64));
    return model;
  }

  PluginLibrary library_;
  Batch all_;
};

constexpr double kLargeVaeKl = 1.0 - 0.34657359027997264;  // 1 - ln(2) / 2
constexpr double kSmallVaeKl = 0.02;

TEST_F(Vae, TheLossIsThePapersFormula) {
  for (const std::string rule : {"constant", "adaptive"}) {
    SCOPED_TRACE(rule);
    const bool adaptive = rule == "adaptive";
    // Untrained, errors of 100 % make the adaptive weight a million times smaller.
    const double beta = adaptive ? 1e5 : 0.5;
    const auto model = make({{"beta_rule", rule}, {"beta", adaptive ? "1e5" : "0.5"}});
    expect_plain_loss(*model, all_, [&] {
      const auto y = run_child(*model, "encoder", all_.samples);
      const auto mean = run_child(*model, "mean", y);
      const auto log_variance = run_child(*model, "log_variance", y);
      const auto z = mean + torch::randn_like(mean) * (0.5 * log_variance).exp();
      const auto error = plain_error(run_child(*model, "decoder", z), all_.samples);
      const auto kl = plain_kl(mean, log_variance).sum();
      const auto weight = adaptive ? beta * kl * (-0.1382 * error).exp() : torch::full_like(kl, beta);
      EXPECT_GT((weight * kl).item<double>(), 0.1) << "else the rule is not seen";
      return error + weight * kl;
    });
  }
}

TEST_F(Vae, TheAdaptiveWeightIsOfTheDivergenceThatCounts) {
  const auto model =
      make_with_known_posterior({{"beta_rule", "adaptive"}, {"beta", "1e5"}, {"free_bits", "0.1"}});
  const auto loss = model->loss(all_);
  const double error = part_of(loss, "reconstruction");
  const double counted = kTinySamples * (kLargeVaeKl + 0.1);
  EXPECT_NEAR(loss.total.item<double>() - error, 1e5 * counted * counted * std::exp(-0.1382 * error), 1e-8);
}

TEST_F(Vae, FreeBitsSpareTheDimensionBelowThem) {
  const auto model = make_with_known_posterior({{"beta", "3"}, {"free_bits", "0.1"}});
  const auto free = make_with_known_posterior({{"beta", "0"}});
  const auto loss = model->loss(all_);
  EXPECT_NEAR(part_of(loss, "kl"), kTinySamples * (kLargeVaeKl + kSmallVaeKl), 1e-9);
  EXPECT_NEAR(loss.total.item<double>() - part_of(loss, "reconstruction"),
              3 * kTinySamples * (kLargeVaeKl + 0.1), 1e-9);
  seeded_loss(*model, all_).backward();
  seeded_loss(*free, all_).backward();
  // What the divergence alone pulls with: d/dm m^2/2 = m, and d/dl (e^l - l)/2 = (e^l - 1)/2 at l = ln 2.
  const auto pull = [&](const char* bias) {
    return model->named_parameters()[bias].grad() - free->named_parameters()[bias].grad();
  };
  const double each = 3 * kTinySamples;
  EXPECT_TRUE(torch::allclose(pull("mean.bias"), torch::tensor({each, 0.0}, torch::kFloat64), 1e-9, 1e-9));
  EXPECT_TRUE(torch::allclose(pull("log_variance.bias"), torch::tensor({each / 2, 0.0}, torch::kFloat64),
                              1e-9, 1e-9));
}

TEST_F(Vae, BetaGrowsOverItsWarmUp) {
  const auto model = make_with_known_posterior({{"beta", "2"}, {"beta_warmup", "4"}});
  for (const double share : {0.25, 0.5, 0.75, 1.0, 1.0}) {
    const auto loss = model->loss(all_);
    EXPECT_NEAR(loss.total.item<double>() - part_of(loss, "reconstruction"),
                share * 2 * kTinySamples * (kLargeVaeKl + kSmallVaeKl), 1e-9);
    model->after_step();
  }
}

}  // namespace
}  // namespace rraebench
