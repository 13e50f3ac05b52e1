#include "rraebench/fixed_basis.hpp"

#include <gtest/gtest.h>

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
