// What the sparse autoencoder promises beyond conformance (Ng 2011, CS294A lecture notes).
#include "built_plugins.hpp"
#include "plain_loss.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

/// Nats between Bernoulli variables that are 1 with these probabilities.
double bernoulli_kl(double p, double q) {
  return p * std::log(p / q) + (1 - p) * std::log((1 - p) / (1 - q));
}

class SparseAe : public testing::Test {
 protected:
  SparseAe() : library_(built_plugin("sparse-ae")), all_(training_set(torch::kFloat64)) {}

  /// Two units, the encoder's last layer giving `first` and `second` for every sample.
  std::shared_ptr<Model> make_with_constant_units(double first, double second,
                                                  std::map<std::string, std::string> options) const {
    options["latent"] = "2";
    const auto model = make_tiny(library_, options, 1, torch::kFloat64);
    const auto last = model->named_children()["encoder"]->children().back();
    const torch::NoGradGuard no_gradients;
    last->named_parameters()["weight"].zero_();
    last->named_parameters()["bias"].copy_(torch::tensor({first, second}, torch::kFloat64));
    return model;
  }

  PluginLibrary library_;
  Batch all_;
};

TEST_F(SparseAe, ThePenaltyIsTheDivergenceFromTheWantedActivity) {
  // Sigmoids of 0 and -ln 3 are 1/2 and 1/4: the second unit is as active as it is to be.
  for (const auto& [activity, penalty] :
       {std::pair{"units", bernoulli_kl(0.25, 0.5)}, {"all", bernoulli_kl(0.25, 0.375)}}) {
    SCOPED_TRACE(activity);
    const auto model = make_with_constant_units(
        0.0, -std::log(3.0), {{"sparsity", "0.25"}, {"weight", "4"}, {"activity", activity}});
    const auto loss = model->loss(all_);
    EXPECT_NEAR(part_of(loss, "sparsity"), penalty, 1e-12);
    EXPECT_NEAR(loss.total.item<double>(), part_of(loss, "reconstruction") + 4 * penalty, 1e-9);
  }
}

TEST_F(SparseAe, ActivityIsTheMeanOverTheBatch) {
  const auto model = make_tiny(library_, {{"sparsity", "0.2"}}, 1, torch::kFloat64);
  const auto one_mean = make_tiny(library_, {{"sparsity", "0.2"}, {"activity", "all"}}, 1, torch::kFloat64);
  const torch::NoGradGuard no_gradients;
  for (auto* each : {model.get(), one_mean.get()})
    for (auto& parameter : each->parameters()) parameter.mul_(3.0);  // So that samples differ.
  const auto y = model->encode(all_.samples);
  ASSERT_GT(y.std(0).max().item<double>(), 0.05);
  double of_units = 0.0;
  double of_all = 0.0;
  for (std::int64_t j = 0; j < y.size(1); ++j) {
    double sum = 0.0;
    for (std::int64_t i = 0; i < y.size(0); ++i) sum += y[i][j].item<double>();
    of_units += bernoulli_kl(0.2, sum / kTinySamples);
    of_all += sum / static_cast<double>(y.numel());
  }
  EXPECT_NEAR(part_of(model->loss(all_), "sparsity"), of_units, 1e-12);
  EXPECT_NEAR(part_of(one_mean->loss(all_), "sparsity"), bernoulli_kl(0.2, of_all), 1e-12);
}

TEST_F(SparseAe, TheGradientIsThatOfThePlainFormula) {
  for (const std::string activity : {"units", "all"}) {
    SCOPED_TRACE(activity);
    const auto model = make_tiny(library_, {{"activity", activity}, {"weight", "50"}}, 1, torch::kFloat64);
    expect_plain_loss(*model, all_, [&] {
      const auto y = 1 / (1 + (-run_child(*model, "encoder", all_.samples)).exp());
      const auto q = activity == "all" ? y.sum() / y.numel() : y.sum(0) / kTinySamples;
      const auto penalty = -(0.05 * q.log() + 0.95 * (1 - q).log()).sum() +
                           q.numel() * (0.05 * std::log(0.05) + 0.95 * std::log(0.95));
      return plain_error(run_child(*model, "decoder", y), all_.samples) + 50 * penalty;
    });
  }
}

TEST_F(SparseAe, AUnitThatIsAlwaysActiveHasAFinitePenalty) {
  const auto model = make_with_constant_units(100.0, -std::log(3.0), {{"sparsity", "0.25"}});
  EXPECT_NEAR(part_of(model->loss(all_), "sparsity"), bernoulli_kl(0.25, 1 - 1e-6), 1e-9);
}

}  // namespace
}  // namespace rraebench
