#include "metrics/extractors/pca.hpp"

#include "tests/metrics/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;

/// Right singular vectors of the centred rows with their largest entry positive, by LibTorch's SVD of the
/// whole matrix.
torch::Tensor reference_components(const torch::Tensor& rows, std::int64_t components) {
  auto right = std::get<2>(torch::linalg_svd(rows - rows.mean(0), false)).slice(0, 0, components).t().clone();
  for (std::int64_t k = 0; k < components; ++k) {
    const auto column = right.select(1, k);
    if (column[column.abs().argmax().item<std::int64_t>()].item<double>() < 0.0) column.neg_();
  }
  return right;
}

torch::Tensor distinct_spectrum(std::int64_t count, std::int64_t size, std::uint64_t seed) {
  const auto scales = torch::pow(0.8, torch::arange(size, torch::kFloat64));
  return torch::mm(normal64(count, size, seed) * scales, normal64(size, size, seed + 1)) + 5.0;
}

TEST(PcaExtractor, AgreesWithTheSvdOnEitherSide) {
  for (const std::int64_t count : {12, 400}) {  // Fewer samples than values, and more.
    const auto rows = distinct_spectrum(count, 20, 1);
    const auto pca = PcaExtractor::fit(rows, 6);
    const auto expected = reference_components(rows, 6);
    EXPECT_LT(largest_difference(pca.state()[0], rows.mean(0)), 1e-12);
    EXPECT_LT(largest_difference(pca.state()[1], expected), 1e-8) << count;
    const auto others = distinct_spectrum(2500, 20, 7);  // More than one batch.
    EXPECT_LT(largest_difference(pca.features(others), torch::mm(others - rows.mean(0), expected)), 1e-5)
        << count;
  }
}

TEST(PcaExtractor, AllComponentsKeepDistances) {
  const auto rows = distinct_spectrum(50, 8, 3);
  const auto features = PcaExtractor::fit(rows, 8).features(rows);
  EXPECT_LT(largest_difference(features.norm(2, 1), (rows - rows.mean(0)).norm(2, 1)), 1e-10);
  EXPECT_LT(features.mean(0).abs().max().item<double>(), 1e-12);
}

TEST(PcaExtractor, TakesImagesInSinglePrecision) {
  const auto images = distinct_spectrum(30, 2 * 3 * 4, 4).to(torch::kFloat32).view({30, 2, 3, 4});
  const auto pca = PcaExtractor::fit(images, 5);
  const auto rows = pca.extract(images);
  EXPECT_EQ(rows.features.sizes(), at::IntArrayRef({30, 5}));
  EXPECT_FALSE(rows.probabilities.defined());
}

TEST(PcaExtractor, RebuiltFromItsStateIsTheSame) {
  const auto rows = distinct_spectrum(30, 10, 5);
  const auto pca = PcaExtractor::fit(rows, 4);
  const auto state = pca.state();
  EXPECT_TRUE(
      torch::equal(PcaExtractor(state[0], state[1], pca.deviations()).features(rows), pca.features(rows)));
  EXPECT_THROW(PcaExtractor(state[1], state[0], pca.deviations()), std::invalid_argument);
  EXPECT_THROW(PcaExtractor(state[0], state[1], state[0]), std::invalid_argument);
}

TEST(PcaExtractor, KnowsTheDeviationsAlongItsComponents) {
  for (const std::int64_t count : {12, 400}) {  // Fewer samples than values, and more.
    const auto rows = distinct_spectrum(count, 20, 1);
    const auto pca = PcaExtractor::fit(rows, 6);
    EXPECT_LT(largest_difference(pca.deviations(), pca.features(rows).std(0)), 1e-8) << count;
    EXPECT_EQ(pca.rank(), 6);
  }
}

TEST(PcaExtractor, KnowsTheRankOfItsSamples) {
  for (const std::int64_t count : {12, 400}) {
    const auto rows = torch::mm(normal64(count, 2, 3), normal64(2, 20, 4)) + 5.0;
    EXPECT_EQ(PcaExtractor::fit(rows, 8).rank(), 2) << count;
    EXPECT_EQ(PcaExtractor::fit(rows.to(torch::kFloat32), 8).rank(), 2) << "but for rounding";
    EXPECT_EQ(PcaExtractor::fit(rows, 2).rank(), 2);
  }
  EXPECT_EQ(PcaExtractor::fit(torch::full({10, 4}, 0.5), 3).rank(), 0);
}

TEST(PcaExtractor, SurvivesDegenerateData) {
  const auto pca = PcaExtractor::fit(torch::full({10, 4}, 0.5), 3);  // No direction is principal.
  const auto components = pca.state()[1];
  EXPECT_LT(largest_difference(torch::mm(components.t(), components), torch::eye(3, torch::kFloat64)), 1e-12);
  EXPECT_LT(pca.features(torch::full({2, 4}, 0.5)).abs().max().item<double>(), 1e-12);
}

TEST(PcaExtractor, TakesWideSamplesBlockByBlock) {
  const auto rows = torch::mm(normal64(9, 4, 8), normal64(4, 5000, 9)) + 1.0;  // Rank 4 of 8.
  const auto components = PcaExtractor::fit(rows, 8).state()[1];
  EXPECT_LT(largest_difference(components.slice(1, 0, 4), reference_components(rows, 4)), 1e-10);
  EXPECT_LT(largest_difference(torch::mm(components.t(), components), torch::eye(8, torch::kFloat64)), 1e-12);
}

TEST(PcaExtractor, RefusesWhatItCannotDo) {
  const auto rows = distinct_spectrum(10, 20, 6);
  const auto message = complaint([&] { PcaExtractor::fit(rows, 10); });
  EXPECT_THAT(message, HasSubstr("pca:10"));
  EXPECT_THAT(message, HasSubstr("1 to 9"));
  EXPECT_THAT(complaint([&] { PcaExtractor::fit(rows, 0); }), HasSubstr("pca:0"));
  EXPECT_THAT(complaint([&] { PcaExtractor::fit(distinct_spectrum(50, 8, 1), 9); }), HasSubstr("1 to 8"));
  EXPECT_THROW(PcaExtractor::fit(torch::zeros({0, 3}), 1), std::invalid_argument);
  auto broken = rows.clone();
  broken[3][3] = kNan;
  EXPECT_THAT(complaint([&] { PcaExtractor::fit(broken, 2); }), HasSubstr("not a number"));
  const auto pca = PcaExtractor::fit(rows, 2);
  EXPECT_THAT(complaint([&] { pca.features(torch::zeros({3, 19})); }), HasSubstr("20 values"));
  EXPECT_THAT(complaint([&] { pca.features(torch::zeros({0, 20})); }), HasSubstr("[0, 20]"));
  EXPECT_THAT(complaint([&] { pca.features(torch::zeros({3, 20}, torch::kUInt8)); }), HasSubstr("Byte"));
}

}  // namespace
}  // namespace rraebench
