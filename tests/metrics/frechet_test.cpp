#include "metrics/frechet.hpp"

#include "tests/metrics/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;

constexpr double kTolerance = 1e-9;

/// The moments of a sample of 1001 with this mean and covariance.
Moments gaussian(const torch::Tensor& mean, const torch::Tensor& covariance) {
  return {1001, mean, covariance * 1000.0};
}

Moments diagonal(const std::vector<double>& mean, const std::vector<double>& variances) {
  return gaussian(vector64(mean), torch::diag(vector64(variances)));
}

/// tr (S1 S2)^(1/2) by the eigenvalues of the plain product: another route than the code's.
double reference_distance(const Moments& a, const Moments& b) {
  const auto roots = torch::linalg_eigvals(torch::mm(a.covariance(), b.covariance())).sqrt();
  return (a.mean - b.mean).square().sum().item<double>() +
         (a.covariance() + b.covariance()).trace().item<double>() -
         2.0 * torch::real(roots).sum().item<double>();
}

TEST(FrechetDistance, SameStatisticsGiveZero) {
  const auto moments = moments_of(normal64(200, 8, 1));
  EXPECT_NEAR(frechet_distance(moments, moments), 0.0, kTolerance);
}

TEST(FrechetDistance, EqualCovariancesGiveTheSquaredShift) {
  const auto covariance = matrix64({{2, 1}, {1, 2}});
  EXPECT_NEAR(
      frechet_distance(gaussian(vector64({0, 0}), covariance), gaussian(vector64({3, 4}), covariance)), 25.0,
      kTolerance);
}

TEST(FrechetDistance, OneDimension) {
  EXPECT_NEAR(frechet_distance(diagonal({1}, {4}), diagonal({4}, {49})), 9.0 + 25.0, kTolerance);
}

TEST(FrechetDistance, DiagonalCovariances) {
  EXPECT_NEAR(frechet_distance(diagonal({0, 0, 0}, {1, 4, 9}), diagonal({1, 2, 2}, {4, 4, 1})), 14.0,
              kTolerance);
}

TEST(FrechetDistance, CovariancesThatDoNotCommute) {
  const auto zero = vector64({0, 0});
  EXPECT_NEAR(frechet_distance(gaussian(zero, matrix64({{2, 1}, {1, 2}})), diagonal({0, 0}, {1, 4})),
              0.771220447654, kTolerance);
}

TEST(FrechetDistance, SingularCovarianceNeedsNoCorrection) {
  const auto singular = gaussian(vector64({0, 0}), matrix64({{1, 1}, {1, 1}}));
  EXPECT_NEAR(frechet_distance(singular, diagonal({0, 0}, {1, 1})), 4.0 - 2.0 * std::sqrt(2.0), 1e-7);
  EXPECT_NEAR(frechet_distance(diagonal({0, 0}, {1, 1}), singular), 4.0 - 2.0 * std::sqrt(2.0), 1e-7);
  const auto point = diagonal({0, 0}, {0, 0});
  EXPECT_NEAR(frechet_distance(point, diagonal({0, 0}, {1, 4})), 5.0, kTolerance);
  EXPECT_EQ(frechet_distance(point, point), 0.0);
}

TEST(FrechetDistance, SamplesWithUnbiasedCovariance) {
  const auto x = matrix64({{0, 0}, {2, 0}, {0, 2}, {2, 2}});
  EXPECT_NEAR(frechet_distance(moments_of(x), moments_of(2.0 * x)), 14.0 / 3.0, kTolerance);
  EXPECT_NEAR(frechet_distance(moments_of(x), moments_of(x + vector64({1, 0}))), 1.0, kTolerance);
}

TEST(FrechetDistance, SymmetricAndInvariant) {
  const auto x = normal64(300, 6, 2);
  const auto y = torch::mm(normal64(200, 6, 3), normal64(6, 6, 4)) + 1.0;
  const double distance = frechet_distance(moments_of(x), moments_of(y));
  EXPECT_NEAR(distance, reference_distance(moments_of(x), moments_of(y)), kTolerance);
  EXPECT_NEAR(frechet_distance(moments_of(y), moments_of(x)), distance, kTolerance);
  const auto rotation = std::get<0>(torch::linalg_qr(normal64(6, 6, 5)));
  EXPECT_NEAR(
      frechet_distance(moments_of(torch::mm(x, rotation) + 7.0), moments_of(torch::mm(y, rotation) + 7.0)),
      distance, kTolerance);
  EXPECT_NEAR(frechet_distance(moments_of(3.0 * x), moments_of(3.0 * y)), 9.0 * distance, 1e-8);
}

TEST(FrechetDistance, StreamedEqualsWholeAlsoForALargeMean) {
  const auto x = normal64(2000, 32, 6) * 0.1 + 100.0;
  const auto y = normal64(2000, 32, 7) * 0.1 + 100.0;
  Moments streamed;
  for (const auto& rows : x.split(37)) streamed.add(rows);
  const double distance = frechet_distance(moments_of(x), moments_of(y));
  EXPECT_NEAR(frechet_distance(streamed, moments_of(y)), distance, kTolerance);
  EXPECT_NEAR(distance, 0.0033, 0.0005);  // The single-precision sums of squares gave 0.12 here.
}

TEST(FrechetDistance, BiasOfFiniteSamples) {
  const double distance =
      frechet_distance(moments_of(normal64(512, 64, 8)), moments_of(normal64(512, 64, 9)));
  EXPECT_NEAR(distance, 4.3, 0.2);
}

TEST(FrechetDistance, FewerSamplesThanFeatures) {
  const auto few = moments_of(normal64(20, 64, 10));
  const auto others = moments_of(normal64(30, 64, 11));
  const auto many = moments_of(normal64(500, 64, 12));
  EXPECT_NEAR(frechet_distance(few, few), 0.0, 1e-6);
  EXPECT_NEAR(frechet_distance(few, others), reference_distance(few, others), 1e-4);
  EXPECT_NEAR(frechet_distance(few, others), frechet_distance(others, few), kTolerance);
  EXPECT_NEAR(frechet_distance(few, many), reference_distance(few, many), 1e-4);
  EXPECT_NEAR(frechet_distance(few, many), frechet_distance(many, few), kTolerance);
}

TEST(FrechetDistance, DeadAndRepeatedFeatures) {  // Singular covariances of many samples.
  const auto with_copies = [](const torch::Tensor& x) { return torch::cat({x, x, torch::zeros_like(x)}, 1); };
  const auto x = normal64(300, 4, 13);
  const auto y = torch::mm(normal64(200, 4, 14), normal64(4, 4, 15)) + 1.0;
  // Two copies of a feature are one of twice its square.
  const double expected = 2.0 * frechet_distance(moments_of(x), moments_of(y));
  EXPECT_NEAR(frechet_distance(moments_of(with_copies(x)), moments_of(with_copies(y))), expected,
              1e-6 * expected);
  EXPECT_NEAR(frechet_distance(moments_of(with_copies(x)), moments_of(with_copies(x))), 0.0, 1e-6);
}

TEST(FrechetReference, MeasuresManyAsOne) {
  const FrechetReference reference(moments_of(normal64(300, 6, 16)));
  for (const std::int64_t count : {3, 6, 7, 100, 1000}) {
    const auto other = moments_of(normal64(count, 6, 17) + 0.1);
    EXPECT_NEAR(reference.distance_to(other), frechet_distance(reference.moments(), other), 1e-7) << count;
  }
}

TEST(FrechetDistance, RefusesStatisticsThatAreNone) {
  const auto two = diagonal({0, 0}, {1, 1});
  EXPECT_THAT(complaint([&] { frechet_distance(two, diagonal({0}, {1})); }),
              HasSubstr("2 features against 1"));
  EXPECT_THAT(complaint([&] {
                frechet_distance(two, moments_of(torch::zeros({1, 2})));
              }),
              HasSubstr("got 1"));
  EXPECT_THAT(complaint([&] { frechet_distance(two, Moments{}); }), HasSubstr("got 0"));
  EXPECT_THAT(complaint([&] {
                frechet_distance(two, diagonal({0, 0}, {-9, 1}));
              }),
              HasSubstr("semi-definite"));
}

}  // namespace
}  // namespace rraebench
