#include "rraebench/fixed_basis.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace rraebench {
namespace {

TEST(FixedBasis, RefusesToWorkBeforeItIsSet) {
  const FixedBasis basis(3, 2);
  EXPECT_FALSE(basis.is_set());
  EXPECT_THROW(basis.coefficients(torch::zeros({1, 3})), std::logic_error);
  EXPECT_THROW(basis.latent(torch::zeros({1, 2})), std::logic_error);
}

TEST(FixedBasis, ProjectsOnItsVectors) {
  FixedBasis basis(3, 2);
  basis.set(torch::tensor({{0.0, 1.0}, {1.0, 0.0}, {0.0, 0.0}}));
  const auto coefficients = basis.coefficients(torch::tensor({{1.0, 2.0, 3.0}}));
  EXPECT_TRUE(torch::equal(coefficients, torch::tensor({{2.0, 1.0}})));
  EXPECT_TRUE(torch::equal(basis.latent(coefficients), torch::tensor({{1.0, 2.0, 0.0}})));
}

TEST(FixedBasis, FitsTheLeadingModesOfWhatTheEncoderGives) {
  torch::nn::Sequential encoder(torch::nn::Linear(torch::nn::LinearOptions(2, 3).bias(false)));
  const torch::NoGradGuard no_gradients;
  encoder->parameters()[0].copy_(torch::tensor({{0.0, 1.0}, {2.0, 0.0}, {0.0, 0.0}}));
  FixedBasis basis(3, 1);
  bool given = false;
  basis.fit(encoder, [&]() -> std::optional<Batch> {
    if (given) return std::nullopt;
    given = true;
    return Batch{torch::eye(2), torch::arange(2)};
  });
  EXPECT_TRUE(torch::allclose(basis.vectors(), torch::tensor({{0.0}, {1.0}, {0.0}})));
}

TEST(FixedBasis, CentredTakesTheMeanOffAndPutsItBack) {
  // Far from the origin along the first axis, spread along the second.
  const auto points = torch::tensor({{5.0, 3.0, 2.0}, {5.0, 1.0, 2.0}, {5.0, 5.0, 2.0}, {5.0, -1.0, 2.0}});
  const auto next = [&points](std::int64_t first) -> NextBatch {
    // Three samples, then one, whose own mean is another.
    return [&points, first]() mutable -> std::optional<Batch> {
      if (first >= 4) return std::nullopt;
      const auto last = first + 3;
      const Batch batch{points.slice(0, first, last), torch::arange(first, std::min<std::int64_t>(last, 4))};
      first = last;
      return batch;
    };
  };
  torch::nn::Sequential encoder(torch::nn::Identity{});
  const torch::NoGradGuard no_gradients;
  FixedBasis basis(3, 1, /*centred=*/true);
  EXPECT_THROW(basis.coefficients(points), std::logic_error);
  const auto spread = basis.fit(encoder, next(0));
  EXPECT_TRUE(torch::allclose(spread, torch::full({1}, std::sqrt(5.0), torch::kFloat64))) << spread;
  EXPECT_TRUE(torch::allclose(basis.vectors(), torch::tensor({{0.0}, {1.0}, {0.0}})));
  const auto other = torch::tensor({{7.0, 4.0, 9.0}});
  EXPECT_TRUE(torch::allclose(basis.coefficients(other), torch::tensor({{2.0}})));
  EXPECT_TRUE(torch::allclose(basis.latent(torch::tensor({{2.0}})), torch::tensor({{5.0, 4.0, 2.0}})));
  FixedBasis plain(3, 1);
  plain.fit(encoder, next(0));
  EXPECT_GT(plain.vectors()[0][0].item<double>(), 0.8) << "not centred, the first mode is about the mean";
}

TEST(FixedBasis, TheMeanIsSavedWithTheBasis) {
  FixedBasis basis(3, 1, /*centred=*/true);
  EXPECT_EQ(basis.named_buffers().keys(), (std::vector<std::string>{"vectors", "mean", "is_set"}));
  EXPECT_EQ(FixedBasis(3, 1).named_buffers().keys(), (std::vector<std::string>{"vectors", "is_set"}));
  auto buffers = basis.named_buffers();
  buffers["mean"].copy_(torch::tensor({1.0, 2.0, 3.0}));
  buffers["vectors"].copy_(torch::tensor({{0.0}, {0.0}, {1.0}}));
  buffers["is_set"].fill_(true);
  EXPECT_TRUE(torch::equal(basis.coefficients(torch::tensor({{9.0, 9.0, 5.0}})), torch::tensor({{2.0}})));
  EXPECT_TRUE(torch::equal(basis.latent(torch::tensor({{2.0}})), torch::tensor({{1.0, 2.0, 5.0}})));
}

TEST(FixedBasis, NamesBothOptionsWhenTheRankIsTooLarge) {
  const Options options({{"rank", OptionType::kInteger, "9", ""}, {"latent", OptionType::kInteger, "4", ""}},
                        {});
  try {
    require_rank_within_latent(options);
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "option 'rank' is 9 but must not exceed 'latent', 4");
  }
}

}  // namespace
}  // namespace rraebench
