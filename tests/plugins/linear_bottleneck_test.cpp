// What the linear bottleneck promises beyond conformance: the rank of an RRAE, and the KL of a VRRAE.
#include "built_plugins.hpp"
#include "plain_loss.hpp"
#include "tests/support/complaint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

using testing::HasSubstr;

class LinearBottleneck : public testing::Test {
 protected:
  LinearBottleneck() : library_(built_plugin("linear-bottleneck")), all_(training_set(torch::kFloat64)) {}

  std::shared_ptr<Model> make(const std::map<std::string, std::string>& options) const {
    return make_tiny(library_, options, 1, torch::kFloat64);
  }

  /// The posterior is N(0, 2) and N(0, 1) for every sample: (1 - ln 2) / 2 nats and none.
  std::shared_ptr<Model> make_with_known_posterior(std::map<std::string, std::string> options) const {
    options["variational"] = "true";
    auto model = make(options);
    auto parameters = model->named_parameters();
    const torch::NoGradGuard no_gradients;
    parameters["down.weight"].zero_();
    parameters["log_variance.bias"].copy_(torch::tensor({std::log(2.0), 0.0}, torch::kFloat64));
    return model;
  }

  std::string refusal_of(const std::map<std::string, std::string>& options) const {
    return complaint_of<std::invalid_argument>([&] { make(options); });
  }

  PluginLibrary library_;
  Batch all_;
};

constexpr double kBottleneckKl = 0.5 * (1.0 - 0.6931471805599453);  // (1 - ln 2) / 2

TEST_F(LinearBottleneck, TheLatentHasTheRankOfTheBottleneck) {
  for (const std::int64_t rank : {1, 2, 4}) {
    const auto model = make({{"rank", std::to_string(rank)}});
    const torch::NoGradGuard no_gradients;
    for (auto& parameter : model->parameters()) parameter.mul_(3.0);  // So that samples differ.
    const auto latent = model->latent(all_.samples);
    EXPECT_EQ(latent.sizes(), torch::IntArrayRef({kTinySamples, 6}));
    const auto values = torch::linalg_svdvals(latent);
    EXPECT_GT(values[rank - 1].item<double>(), 1e-6 * values[0].item<double>()) << values;
    EXPECT_LT(values[rank].item<double>(), 1e-12 * values[0].item<double>()) << values;
  }
}

TEST_F(LinearBottleneck, TheDecoderSeesTwoMapsOfTheLatent) {
  const auto model = make({});
  auto parameters = model->named_parameters();
  EXPECT_FALSE(parameters.contains("down.bias"));
  EXPECT_FALSE(parameters.contains("up.bias"));
  expect_plain_loss(*model, all_, [&] {
    const auto y = run_child(*model, "encoder", all_.samples);
    const auto reduced = y.matmul(parameters["down.weight"].t()).matmul(parameters["up.weight"].t());
    return plain_error(run_child(*model, "decoder", reduced), all_.samples);
  });
}

TEST_F(LinearBottleneck, TheVariationalLossIsThatOfAVaeOnTheCoefficients) {
  const auto model = make({{"variational", "true"}, {"beta", "0.5"}});
  expect_plain_loss(*model, all_, [&] {
    const auto mean = run_child(*model, "down", run_child(*model, "encoder", all_.samples));
    const auto log_variance = run_child(*model, "log_variance", mean);
    const auto z = mean + torch::randn_like(mean) * (0.5 * log_variance).exp();
    const auto error = plain_error(run_child(*model, "decoder", run_child(*model, "up", z)), all_.samples);
    return error + 0.5 * plain_kl(mean, log_variance).sum();
  });
}

TEST_F(LinearBottleneck, WarmUpAndFreeBitsAreThoseOfAVae) {
  const auto model = make_with_known_posterior({{"beta", "2"}, {"beta_warmup", "2"}, {"free_bits", "0.1"}});
  for (const double share : {0.5, 1.0, 1.0}) {
    const auto loss = model->loss(all_);
    EXPECT_NEAR(part_of(loss, "kl"), kTinySamples * kBottleneckKl, 1e-9);
    EXPECT_NEAR(loss.total.item<double>() - part_of(loss, "reconstruction"),
                share * 2 * kTinySamples * (kBottleneckKl + 0.1), 1e-9);
    model->after_step();
  }
}

TEST_F(LinearBottleneck, OptionsOfAKlThatThereIsNotAreAnError) {
  EXPECT_THAT(refusal_of({{"free_bits", "0.5"}}),
              HasSubstr("option 'free_bits' is 0.5 but there is no KL without variational=true"));
  EXPECT_THAT(refusal_of({{"beta", "0.2"}}), HasSubstr("option 'beta' is 0.2 but there is no KL"));
  EXPECT_THAT(refusal_of({{"beta_warmup", "5"}}), HasSubstr("option 'beta_warmup' is 5 but there is no KL"));
  EXPECT_EQ(refusal_of({{"variational", "true"}, {"free_bits", "0.5"}, {"beta_warmup", "5"}}), kNoComplaint);
  EXPECT_EQ(make({})->loss(all_).parts.size(), 1U);
}

}  // namespace
}  // namespace rraebench
