#include "metrics/rank.hpp"

#include "tests/metrics/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;
using Centring = LatentSpectrum::Centring;

TEST(RankMeasures, ClosedForms) {
  const auto sigma = vector64({3, 4});
  EXPECT_NEAR(stable_rank(sigma), 1.5625, 1e-12);
  EXPECT_NEAR(effective_rank(sigma), 1.97962633005, 1e-9);
  EXPECT_NEAR(effective_rank(sigma.square()), 1.92209972411, 1e-9);
  EXPECT_NEAR(participation_ratio(sigma), 1.85459940653, 1e-9);
  EXPECT_EQ(numerical_rank(sigma), 2);
  EXPECT_EQ(numerical_rank(sigma, 0.75), 1);  // 3 is not above 0.75 * 4.
  EXPECT_NEAR(energy_captured(sigma, 1), 0.64, 1e-12);
  EXPECT_EQ(energy_captured(sigma, 0), 0.0);
  EXPECT_EQ(energy_captured(sigma, 5), 1.0);
}

TEST(RankMeasures, RankOneIdentityAndZero) {
  const auto one = vector64({7, 0, 0});
  const auto identity = torch::ones({5}, torch::kFloat64);
  const auto zero = torch::zeros({4}, torch::kFloat64);
  const auto expect_all = [](const torch::Tensor& sigma, double value) {
    EXPECT_NEAR(static_cast<double>(numerical_rank(sigma)), value, 0.0);
    EXPECT_NEAR(stable_rank(sigma), value, 1e-12);
    EXPECT_NEAR(effective_rank(sigma), value, 1e-12);
    EXPECT_NEAR(participation_ratio(sigma), value, 1e-12);
  };
  expect_all(one, 1.0);
  expect_all(identity, 5.0);
  expect_all(zero, 0.0);
  expect_all(torch::empty({0}, torch::kFloat64), 0.0);
  EXPECT_EQ(energy_captured(zero, 2), 0.0);
}

TEST(RankMeasures, DoNotDependOnScale) {
  const auto sigma = vector64({4, 3, 1});
  for (const double scale : {1e-200, 1e200}) {
    EXPECT_NEAR(stable_rank(sigma * scale), stable_rank(sigma), 1e-12);
    EXPECT_NEAR(effective_rank(sigma * scale), effective_rank(sigma), 1e-12);
    EXPECT_NEAR(participation_ratio(sigma * scale), participation_ratio(sigma), 1e-12);
    EXPECT_NEAR(energy_captured(sigma * scale, 2), 25.0 / 26.0, 1e-12);
  }
}

TEST(RankMeasures, RefuseWhatIsNoSpectrum) {
  EXPECT_THROW(stable_rank(torch::ones({2, 2})), std::invalid_argument);
  EXPECT_THROW(effective_rank(vector64({1, -1})), std::invalid_argument);
  EXPECT_THROW(participation_ratio(vector64({1, kNan})), std::invalid_argument);
  EXPECT_THROW(numerical_rank(torch::ones({2}, torch::kInt64)), std::invalid_argument);
  EXPECT_THAT(complaint([] { energy_captured(vector64({1}), -1); }), HasSubstr("k is -1"));
}

TEST(LatentSpectrum, AgreesWithTheSvdOfTheWholeMatrix) {
  for (const std::int64_t count : {3, 20, 1024, 5000}) {  // Fewer than columns, one buffer, full, many folds.
    const auto latent = normal64(count, 20, static_cast<std::uint64_t>(count)) + 3.0;
    const auto centred = torch::linalg_svdvals(latent - latent.mean(0));
    const auto as_is = torch::linalg_svdvals(latent);
    for (const std::int64_t chunk : {std::int64_t{17}, count}) {
      LatentSpectrum spectrum;
      for (const auto& rows : latent.split(chunk)) spectrum.add(rows);
      EXPECT_EQ(spectrum.count(), count);
      ASSERT_EQ(spectrum.singular_values().size(0), std::min<std::int64_t>(count, 20));
      EXPECT_LT(largest_difference(spectrum.singular_values(), centred), 1e-11) << count << " by " << chunk;
      EXPECT_LT(largest_difference(spectrum.singular_values(Centring::kAsIs), as_is), 1e-11)
          << count << " by " << chunk;
    }
  }
}

TEST(LatentSpectrum, ResolvesWhatAGramMatrixWouldLose) {
  const auto left = std::get<0>(torch::linalg_qr(normal64(4000, 4, 1)));
  const auto right = std::get<0>(torch::linalg_qr(normal64(4, 4, 2)));
  LatentSpectrum spectrum;
  for (const auto& rows : torch::mm(left * vector64({1, 5e-4, 1e-10, 1e-12}), right.t()).split(100))
    spectrum.add(rows);
  const auto sigma = spectrum.singular_values(Centring::kAsIs);
  EXPECT_NEAR(sigma[2].item<double>(), 1e-10, 1e-14);
  EXPECT_NEAR(sigma[3].item<double>(), 1e-12, 1e-14);
  EXPECT_EQ(numerical_rank(sigma), 1);
  EXPECT_EQ(numerical_rank(sigma, 1e-4), 2);
  EXPECT_EQ(numerical_rank(sigma, machine_tolerance(4000, 4)), 4);
}

TEST(LatentSpectrum, RankOfRankDeficientLatents) {
  const auto latent = torch::mm(normal64(3000, 5, 3), normal64(5, 40, 4)) + 2.0;
  LatentSpectrum spectrum;
  for (const auto& rows : latent.split(256)) spectrum.add(rows);
  const auto centred = spectrum.singular_values();
  EXPECT_EQ(numerical_rank(centred), 5);
  EXPECT_EQ(numerical_rank(centred, machine_tolerance(3000, 40)), 5);
  EXPECT_EQ(numerical_rank(spectrum.singular_values(Centring::kAsIs)), 6);  // The mean is one more direction.
}

TEST(LatentSpectrum, ConstantLatentHasRankZeroCentred) {
  LatentSpectrum spectrum;
  for (int i = 0; i < 7; ++i) spectrum.add(torch::full({301, 6}, 0.1));
  EXPECT_EQ(numerical_rank(spectrum.singular_values()), 0);
  EXPECT_EQ(numerical_rank(spectrum.singular_values(Centring::kAsIs)), 1);
}

TEST(LatentSpectrum, OwnsWhatItWasGiven) {
  auto latent = normal64(10, 4, 5);
  LatentSpectrum spectrum;
  spectrum.add(latent);
  const auto before = spectrum.singular_values();
  const auto copy = spectrum;
  latent.zero_();
  spectrum.add(latent);
  EXPECT_EQ(copy.count(), 10);
  EXPECT_EQ(largest_difference(copy.singular_values(), before), 0.0);
}

TEST(LatentSpectrum, RefusesRowsThatDoNotFit) {
  LatentSpectrum spectrum;
  EXPECT_THAT(complaint([&] { spectrum.singular_values(); }), HasSubstr("no rows"));
  EXPECT_THROW(spectrum.add(torch::zeros({3})), std::invalid_argument);
  EXPECT_THROW(spectrum.add(torch::zeros({3, 0})), std::invalid_argument);
  EXPECT_THROW(spectrum.add(torch::Tensor()), std::invalid_argument);
  spectrum.add(torch::zeros({3, 4}));
  EXPECT_THAT(complaint([&] { spectrum.add(torch::zeros({3, 5})); }), HasSubstr("5 columns after rows of 4"));
  auto late_nan = torch::zeros({3000, 4});
  late_nan[2999][3] = kNan;
  EXPECT_THROW(spectrum.add(late_nan), std::invalid_argument);
  EXPECT_EQ(spectrum.count(), 3) << "a refused batch left a trace";
}

}  // namespace
}  // namespace rraebench
