#include "rraebench/networks.hpp"

#include "rraebench/losses.hpp"

#include <gtest/gtest.h>

namespace rraebench {
namespace {

using Shape = std::vector<std::int64_t>;

std::int64_t parameter_count(const torch::nn::Sequential& network) {
  std::int64_t count = 0;
  for (const auto& parameter : network->parameters()) count += parameter.numel();
  return count;
}

Shape batched(const Shape& sample_shape, std::int64_t count) {
  Shape shape{count};
  shape.insert(shape.end(), sample_shape.begin(), sample_shape.end());
  return shape;
}

void expect_round_trip(const Architecture& architecture, const Shape& sample_shape,
                       std::int64_t latent_size) {
  auto encoder = make_encoder(architecture, sample_shape, latent_size);
  auto decoder = make_decoder(architecture, sample_shape, latent_size);
  const auto latent = encoder->forward(torch::rand(batched(sample_shape, 3)));
  EXPECT_EQ(latent.sizes(), (Shape{3, latent_size}));
  EXPECT_EQ(decoder->forward(latent).sizes(), batched(sample_shape, 3));
}

TEST(Networks, EveryFamilyMapsSamplesToLatentsAndBack) {
  expect_round_trip(make_architecture("mlp", {}), {50}, 7);
  expect_round_trip(make_architecture("mlp", {{"encoder_depth", "0"}}), {1, 8, 8}, 7);
  for (const std::int64_t extent : {16, 28, 32})
    expect_round_trip(make_architecture("cnn-rrae", {}), {1, extent, extent}, 7);
  for (const std::int64_t extent : {28, 32, 64})
    expect_round_trip(make_architecture("cnn-vrrae", {}), {3, extent, extent}, 7);
  for (const std::int64_t length : {1, 2, 199, 200, 501, 1571})
    for (const char* depth : {"1", "3", "5"})
      expect_round_trip(make_architecture("cnn-1d", {{"depth", depth}, {"channels", "4"}}), {length}, 7);
}

TEST(Networks, VrraeParameterCountsAreThePapers) {
  const auto architecture = make_architecture("cnn-vrrae", {});
  struct Row {
    Shape shape;
    std::int64_t encoder;
    std::int64_t decoder;
  };
  const std::vector<Row> rows = {{{1, 28, 28}, 646216, 434161},
                                 {{3, 32, 32}, 838792, 433987},
                                 {{1, 64, 64}, 3295816, 511153},
                                 {{3, 160, 160}, 20499592, 1051459}};
  for (const auto& row : rows) {
    EXPECT_EQ(parameter_count(make_encoder(architecture, row.shape, 200)), row.encoder);
    EXPECT_EQ(parameter_count(make_decoder(architecture, row.shape, 200)), row.decoder);
  }
}

TEST(Networks, TheDecoderEndsInTheActivationThatIsAskedFor) {
  for (const char* family : {"mlp", "cnn-rrae", "cnn-vrrae"})
    for (const char* precision : {"float32", "bfloat16"}) {
      const auto decode = [&](const char* output) {
        torch::manual_seed(4);
        auto decoder =
            make_decoder(make_architecture(family, {{"output", output}}, precision), {1, 28, 28}, 5);
        decoder->eval();
        return decoder->forward(torch::full({2, 5}, 3.0));
      };
      const auto plain = decode("none");
      EXPECT_TRUE(torch::equal(decode("sigmoid"), plain.sigmoid())) << family;
      EXPECT_TRUE(torch::equal(decode("tanh"), plain.tanh())) << family;
    }
  EXPECT_THROW(make_architecture("mlp", {{"output", "relu"}}), OptionError);
}

TEST(Networks, MlpDepthCountsHiddenLayers) {
  const auto architecture = make_architecture("mlp", {{"encoder_depth", "1"}, {"encoder_width", "64"}});
  EXPECT_EQ(parameter_count(make_encoder(architecture, {200}, 4500)), 200 * 64 + 64 + 64 * 4500 + 4500);
}

/// Where the processor has no bfloat16 of its own, for which the program refuses it, LibTorch's convolutions
/// also add up in it: a sum over all places of all images keeps little.
double largest_gradient_error() {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx512bf16")) return 0.6;
#endif
  return 0.15;
}

TEST(Networks, TrainInBfloat16AndMeasureInFloat32) {
  for (const char* family : {"mlp", "cnn-rrae", "cnn-vrrae"}) {
    SCOPED_TRACE(family);
    torch::manual_seed(1);
    auto full = make_decoder(make_architecture(family, {}), {1, 28, 28}, 7);
    torch::manual_seed(1);
    auto reduced = make_decoder(make_architecture(family, {}, "bfloat16"), {1, 28, 28}, 7);
    const auto latent = torch::randn({5, 7});
    auto expected = full->forward(latent);
    expected.square().sum().backward();
    auto actual = reduced->forward(latent);
    actual.square().sum().backward();
    ASSERT_EQ(actual.scalar_type(), torch::kFloat32);
    const auto difference = [](const torch::Tensor& a, const torch::Tensor& b) {
      return ((a - b).norm() / b.norm()).item<double>();
    };
    // Eight bits: not equal, and not far.
    EXPECT_GT(difference(actual, expected), 1e-5);
    EXPECT_LT(difference(actual, expected), 2e-2);
    const auto weights = full->parameters();
    const auto reduced_weights = reduced->parameters();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      ASSERT_EQ(reduced_weights[i].grad().scalar_type(), torch::kFloat32);
      // The error grows layer by layer, and rectifiers near zero open or close.
      EXPECT_LT(difference(reduced_weights[i].grad(), weights[i].grad()), largest_gradient_error()) << i;
    }
    full->eval();
    reduced->eval();
    EXPECT_TRUE(reduced->forward(latent).equal(full->forward(latent)));
  }
}

TEST(Networks, RefuseAnUnknownPrecision) {
  EXPECT_THROW(make_architecture("mlp", {}, "float16"), OptionError);
}

TEST(Networks, RefuseShapesTheyCannotTake) {
  EXPECT_THROW(make_encoder(make_architecture("cnn-rrae", {}), {200}, 4), std::invalid_argument);
  EXPECT_THROW(make_encoder(make_architecture("cnn-rrae", {}), {1, 8, 8}, 4), std::invalid_argument);
  EXPECT_THROW(make_decoder(make_architecture("cnn-rrae", {}), {1, 30, 30}, 4), std::invalid_argument);
  EXPECT_THROW(make_encoder(make_architecture("cnn-vrrae", {}), {1, 28, 32}, 4), std::invalid_argument);
  EXPECT_THROW(make_encoder(make_architecture("cnn-1d", {}), {1, 28, 28}, 4), std::invalid_argument);
}

TEST(Losses, RelativeErrorIsAPercentageOfTheReference) {
  const auto reference = torch::tensor({{3.0, 4.0}});
  EXPECT_NEAR(relative_error_loss(torch::zeros({1, 2}), reference).item<double>(), 100.0, 1e-4);
  EXPECT_EQ(relative_error_loss(reference, reference).item<double>(), 0.0);
  EXPECT_TRUE(relative_error_loss(reference, torch::zeros({1, 2})).isfinite().item<bool>());
}

TEST(Losses, RelativeErrorHasAFiniteGradientAtAPerfectFit) {
  auto estimate = torch::ones({2, 3}).requires_grad_();
  relative_error_loss(estimate, torch::ones({2, 3})).backward();
  EXPECT_TRUE(estimate.grad().isfinite().all().item<bool>());
}

TEST(Losses, KlIsSummedOverBatchAndDimensions) {
  const auto kl = [](double mean, double variance) {
    return standard_normal_kl(torch::full({1, 1}, mean, torch::kFloat64),
                              torch::full({1, 1}, std::log(variance), torch::kFloat64))
        .item<double>();
  };
  EXPECT_NEAR(kl(0, 1), 0.0, 1e-12);
  EXPECT_NEAR(kl(1, 1), 0.5, 1e-12);
  EXPECT_NEAR(kl(0, 4), 0.806852819440055, 1e-12);
  const auto zeros = torch::zeros({5, 3}, torch::kFloat64);
  EXPECT_NEAR(standard_normal_kl(torch::ones({5, 3}, torch::kFloat64), zeros).item<double>(), 7.5, 1e-12);
}

}  // namespace
}  // namespace rraebench
