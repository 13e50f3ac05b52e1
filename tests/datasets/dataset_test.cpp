#include "datasets/dataset.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace rraebench {
namespace {

TEST(DatasetTest, GatherTakesRowsInTheOrderAsked) {
  const auto samples = torch::arange(12, torch::kFloat32).reshape({4, 3});
  const auto rows = gather_samples(samples, torch::tensor({3, 0, 3}, torch::kInt64));
  EXPECT_TRUE(torch::equal(rows, torch::tensor({{9.F, 10.F, 11.F}, {0.F, 1.F, 2.F}, {9.F, 10.F, 11.F}})));
  rows.zero_();
  EXPECT_EQ(samples[3][0].item<float>(), 9.F) << "gathered rows are a copy";
}

TEST(DatasetTest, BytesBecomeValuesBetweenZeroAndOne) {
  const auto samples = torch::tensor({0, 51, 102, 255}, torch::kUInt8).reshape({2, 1, 1, 2});
  const auto values = gather_samples(samples, torch::tensor({1, 0}, torch::kInt64));
  EXPECT_EQ(values.scalar_type(), torch::kFloat32);
  EXPECT_TRUE(torch::allclose(values, torch::tensor({0.4F, 1.F, 0.F, 0.2F}).reshape({2, 1, 1, 2})));
  EXPECT_TRUE(
      torch::equal(to_values(samples), gather_samples(samples, torch::tensor({0, 1}, torch::kInt64))));
}

TEST(DatasetTest, GatherNormalisedIsTheSameToTheLastBit) {
  torch::manual_seed(0);
  const auto samples = torch::randint(0, 256, {40, 3, 33, 17}, torch::kUInt8);
  const auto rows = torch::randint(0, 40, {100}, torch::kInt64);
  for (const auto& normalisation : {Normalisation{}, Normalisation{0.1307, 0.3081}})
    EXPECT_TRUE(torch::equal(gather_normalised(samples, rows, normalisation),
                             normalise(gather_samples(samples, rows), normalisation)));
  EXPECT_EQ(gather_normalised(samples, rows.slice(0, 0, 0), {}).size(0), 0);
  EXPECT_THROW(gather_normalised(samples, torch::tensor({40}, torch::kInt64), {}), std::out_of_range);
  EXPECT_THROW(gather_normalised(samples, torch::tensor({-1}, torch::kInt64), {}), std::out_of_range);
  EXPECT_THROW(gather_normalised(samples.to(torch::kFloat32), rows, {}), std::invalid_argument);
}

TEST(DatasetTest, OtherTypesAreRefused) {
  EXPECT_THROW(to_values(torch::zeros({2, 3}, torch::kFloat16)), std::invalid_argument);
  EXPECT_THROW(standardisation(torch::zeros({2, 3}, torch::kInt64)), std::invalid_argument);
  EXPECT_THROW(standardisation(torch::zeros({0, 3})), std::invalid_argument);
}

TEST(DatasetTest, NormaliseSubtractsAndDivides) {
  const auto normalised = normalise(torch::tensor({1.F, 5.F}), {3.0, 4.0});
  EXPECT_TRUE(torch::equal(normalised, torch::tensor({-0.5F, 0.5F})));
}

TEST(DatasetTest, DenormaliseUndoesNormalise) {
  torch::manual_seed(0);
  const auto values = torch::randn({50, 20}) * 7 + 3;
  const Normalisation normalisation{2.7, 6.1};
  const auto back = denormalise(normalise(values, normalisation), normalisation);
  EXPECT_EQ(back.scalar_type(), torch::kFloat32);
  EXPECT_TRUE(torch::allclose(back, values, 1e-6, 1e-6));
  EXPECT_FALSE(torch::allclose(normalise(values, normalisation), values));
}

TEST(DatasetTest, SmallVariationAroundALargeMeanIsKept) {
  torch::manual_seed(0);
  const auto small = 0.003 * torch::randn({40, 50}, torch::kFloat64);
  const auto values = small + 1e5;
  const auto normalisation = standardisation(values);
  EXPECT_EQ(normalisation.value_type, torch::kFloat64);
  const auto normalised = normalise(values, normalisation);
  EXPECT_EQ(normalised.scalar_type(), torch::kFloat32);
  EXPECT_TRUE(torch::allclose(normalised, normalise(small, standardisation(small)), 1e-5, 1e-5));
  EXPECT_TRUE(torch::allclose(denormalise(normalised, normalisation) - 1e5, small, 1e-5, 1e-8));
  // As single precision would have it, nearly nothing is left.
  EXPECT_GT((values.to(torch::kFloat32).to(torch::kFloat64) - values).norm().item<double>(),
            0.5 * small.norm().item<double>());
}

TEST(DatasetTest, NormaliseWorksInBlocks) {
  torch::manual_seed(0);
  const auto values = torch::randn({3000, 1000});
  const Normalisation normalisation{0.3, 0.7};
  const auto expected = ((values.to(torch::kFloat64) - 0.3) / 0.7).to(torch::kFloat32);
  EXPECT_TRUE(torch::equal(normalise(values, normalisation), expected));
  EXPECT_TRUE(torch::equal(normalise(values.slice(0, 0, 2).reshape({1, -1}), normalisation),
                           expected.slice(0, 0, 2).reshape({1, -1})));
}

TEST(DatasetTest, StandardisationIsGlobalAndDividesByTheCount) {
  const auto found =
      standardisation(torch::tensor({{1.F, 2.F}, {3.F, 6.F}}));  // Squares about 3: 4 + 1 + 0 + 9.
  EXPECT_DOUBLE_EQ(found.offset, 3.0);
  EXPECT_DOUBLE_EQ(found.scale, std::sqrt(3.5));
}

TEST(DatasetTest, StandardisationOfBytesIsInUnitsOfValues) {
  const auto samples = torch::tensor({0, 255, 255, 0}, torch::kUInt8).reshape({1, 1, 2, 2});
  const auto found = standardisation(samples);
  EXPECT_DOUBLE_EQ(found.offset, 0.5);
  EXPECT_DOUBLE_EQ(found.scale, 0.5);
}

TEST(DatasetTest, StandardisationReadsThroughStrides) {
  const auto wide = torch::arange(12, torch::kFloat32).reshape({3, 4});
  const auto column = wide.slice(1, 1, 2);  // 1, 5, 9.
  EXPECT_DOUBLE_EQ(standardisation(column).offset, 5.0);
}

TEST(DatasetTest, ConstantSamplesKeepScaleOne) {
  EXPECT_EQ(standardisation(torch::full({2, 3}, 4.F)).scale, 1.0);
  // Ten times 0.1 is not 1: the mean of their sum would be another value, and leave a deviation.
  const auto found = standardisation(torch::full({10, 1}, 0.1, torch::kFloat64));
  EXPECT_EQ(found.scale, 1.0);
  EXPECT_EQ(found.offset, 0.1);
  EXPECT_EQ(standardisation(torch::full({10, 1}, 7, torch::kUInt8)).scale, 1.0);
}

TEST(DatasetTest, ASplitWithoutSamplesHasSizeZero) {
  EXPECT_EQ(Split{}.size(), 0);
  EXPECT_FALSE(Dataset{}.is_image());
}

}  // namespace
}  // namespace rraebench
