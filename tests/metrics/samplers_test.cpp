#include "metrics/samplers.hpp"

#include "metrics/moments.hpp"
#include "tests/metrics/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;

torch::Tensor correlated(std::int64_t count, std::uint64_t seed) {
  const auto mixing = matrix64({{2, 0, 0}, {1, 0.5, 0}, {-1, 0.3, 0.1}});
  return torch::mm(normal64(count, 3, seed), mixing.t()) + vector64({10, -5, 0});
}

/// Largest deviation of the samples' mean and covariance from those given, in standard errors (of normal
/// data).
double largest_z_score(const torch::Tensor& samples, const torch::Tensor& mean,
                       const torch::Tensor& covariance) {
  const auto drawn = moments_of(samples);
  const auto count = static_cast<double>(drawn.count);
  const auto variance = covariance.diagonal();
  const auto mean_z = (drawn.mean - mean) / (variance / count).sqrt();
  const auto covariance_error = ((torch::outer(variance, variance) + covariance.square()) / count).sqrt();
  const auto covariance_z = (drawn.covariance() - covariance) / covariance_error;
  return std::max(mean_z.abs().max().item<double>(), covariance_z.abs().max().item<double>());
}

TEST(UniformBox, FillsTheBoxOfTheCoefficients) {
  const auto x = correlated(200, 3);
  const auto box = UniformBox::fit(x);
  EXPECT_TRUE(torch::equal(box.low, x.amin(0)));
  EXPECT_TRUE(torch::equal(box.high, x.amax(0)));
  const auto samples = box.sample(20000, 4).to(torch::kFloat64);
  const auto place = (samples - box.low) / (box.high - box.low);
  EXPECT_GE(place.min().item<double>(), -1e-6);
  EXPECT_LE(place.max().item<double>(), 1.0 + 1e-6);
  EXPECT_LT(largest_difference(place.mean(0), torch::full({3}, 0.5, torch::kFloat64)), 0.01);
  EXPECT_LT(largest_difference(torch::cov(place.t()), torch::eye(3, torch::kFloat64) / 12.0), 0.005);
  EXPECT_TRUE(torch::equal(box.sample(5, 4), box.sample(5, 4)));
  EXPECT_FALSE(torch::equal(box.sample(5, 4), box.sample(5, 5)));
}

TEST(UniformBox, OfOneSampleIsAPoint) {
  const auto x = torch::tensor({{1.0, -2.0}}, torch::kFloat64);
  EXPECT_TRUE(torch::equal(UniformBox::fit(x).sample(2, 0), x.to(torch::kFloat32).repeat({2, 1})));
  EXPECT_THROW(UniformBox::fit(torch::empty({0, 2}, torch::kFloat64)), std::invalid_argument);
}

TEST(GaussianFit, IsTheSampleMeanAndUnbiasedCovariance) {
  const auto x = correlated(500, 1);
  const auto fit = GaussianFit::fit(x);
  EXPECT_LT(largest_difference(fit.mean, x.mean(0)), 1e-12);
  EXPECT_LT(largest_difference(fit.covariance, torch::cov(x.t())), 1e-12);
}

TEST(GaussianFit, SamplesHaveItsMoments) {
  const auto fit = GaussianFit::fit(correlated(500, 2));
  const auto samples = fit.sample(20000, 3);
  EXPECT_EQ(samples.sizes(), at::IntArrayRef({20000, 3}));
  EXPECT_EQ(samples.scalar_type(), torch::kFloat32);
  EXPECT_LT(largest_z_score(samples, fit.mean, fit.covariance), 5.0);
}

TEST(GaussianFit, SameSeedSameSamplesAndTheGlobalGeneratorRests) {
  const auto fit = GaussianFit::fit(correlated(100, 4));
  const auto state = at::detail::getDefaultCPUGenerator().get_state();
  EXPECT_TRUE(torch::equal(fit.sample(50, 7), fit.sample(50, 7)));
  EXPECT_FALSE(torch::equal(fit.sample(50, 7), fit.sample(50, 8)));
  EXPECT_TRUE(torch::equal(at::detail::getDefaultCPUGenerator().get_state(), state));
}

TEST(GaussianFit, DegenerateDataStayInTheirSpan) {
  const auto t = normal64(300, 1, 5);
  const auto fit = GaussianFit::fit(torch::cat({t, 2.0 * t, torch::full_like(t, 0.1)}, 1));
  const auto samples = fit.sample(1000, 6).to(torch::kFloat64);
  EXPECT_LT(largest_difference(samples.select(1, 1), 2.0 * samples.select(1, 0)), 1e-5);
  EXPECT_LT(largest_difference(samples.select(1, 2), torch::full({1000}, 0.1, torch::kFloat64)), 1e-7);
  EXPECT_GT(samples.select(1, 0).std().item<double>(), 0.5);
  EXPECT_EQ(GaussianFit::fit(torch::ones({5, 1})).sample(3, 1).sum().item<double>(), 3.0);
}

TEST(GaussianFit, RefusesTooFewAndUnusableSamples) {
  EXPECT_THAT(complaint([] { GaussianFit::fit(torch::zeros({1, 2})); }), HasSubstr("got 1"));
  EXPECT_THROW(GaussianFit::fit(vector64({1, 2})), std::invalid_argument);
  EXPECT_THROW(GaussianFit::fit(matrix64({{1, kNan}, {1, 2}})), std::invalid_argument);
  const auto fit = GaussianFit::fit(correlated(10, 1));
  EXPECT_THAT(complaint([&] { fit.sample(-1, 0); }), HasSubstr("-1"));
  EXPECT_EQ(fit.sample(0, 0).sizes(), at::IntArrayRef({0, 3}));
}

TEST(GaussianMixture, OneComponentIsTheSampleMeanAndCovariance) {
  const auto x = correlated(3000, 8);
  const auto mixture = GaussianMixture::fit(x, 1, 0);
  EXPECT_TRUE(mixture.converged);
  EXPECT_NEAR(mixture.weights.item<double>(), 1.0, 1e-15);
  EXPECT_LT(largest_difference(mixture.means[0], x.mean(0)), 1e-10);
  EXPECT_LT(largest_difference(mixture.covariances[0], torch::cov(x.t(), /*correction=*/0)), 1e-10);
  // The mean log-likelihood under the maximum-likelihood Gaussian, in closed form.
  const double expected = -0.5 * (torch::logdet(mixture.covariances[0]).item<double>() +
                                  3.0 * (1.0 + std::log(2.0 * std::acos(-1.0))));
  EXPECT_NEAR(mixture.log_likelihood, expected, 1e-3);
}

TEST(GaussianMixture, RecoversSeparatedComponents) {
  const auto near = correlated(1000, 9);
  const auto far = normal64(3000, 3, 10) * 0.01 + vector64({1000, 0, 0});
  const auto narrow = normal64(2000, 3, 11) * 1e-4 + vector64({0, 50, -50});
  const auto mixture = GaussianMixture::fit(torch::cat({near, far, narrow}), 3, 1);
  EXPECT_TRUE(mixture.converged);
  for (const auto& part : {near, far, narrow}) {
    const auto distance = (mixture.means - part.mean(0)).norm(2, 1);
    const auto nearest = distance.argmin().item<std::int64_t>();
    EXPECT_LT(distance[nearest].item<double>(), 1e-9);
    EXPECT_NEAR(mixture.weights[nearest].item<double>(), static_cast<double>(part.size(0)) / 6000.0, 1e-9);
    const auto covariance = torch::cov(part.t(), /*correction=*/0);
    EXPECT_LT(largest_difference(mixture.covariances[nearest], covariance),
              1e-7 * covariance.max().item<double>());
  }
}

TEST(GaussianMixture, SamplesHaveItsMoments) {
  const auto x = torch::cat({normal64(2000, 2, 12), normal64(1000, 2, 13) * 0.5 + vector64({6, 0})});
  const auto mixture = GaussianMixture::fit(x, 2, 2);
  const auto samples = mixture.sample(30000, 3).to(torch::kFloat64);
  const auto right = samples.select(1, 0) > 3.5;
  const double share = right.to(torch::kFloat64).mean().item<double>();
  EXPECT_NEAR(share, 1.0 / 3.0, 5.0 * std::sqrt(2.0 / 9.0 / 30000.0) + 0.002);
  const auto component = mixture.means.select(1, 0).argmax().item<std::int64_t>();
  EXPECT_LT(largest_z_score(samples.index({right}), mixture.means[component], mixture.covariances[component]),
            5.0);
  EXPECT_EQ(mixture.sample(0, 0).sizes(), at::IntArrayRef({0, 2}));
}

TEST(GaussianMixture, MoreComponentsFitBetter) {
  const auto x = torch::cat({normal64(800, 2, 14), normal64(800, 2, 15) + vector64({5, 5})});
  EXPECT_GT(GaussianMixture::fit(x, 2, 0).log_likelihood, GaussianMixture::fit(x, 1, 0).log_likelihood + 0.5);
}

TEST(GaussianMixture, SameSeedSameFitAndTheGlobalGeneratorRests) {
  const auto x = normal64(500, 4, 16);
  const auto state = at::detail::getDefaultCPUGenerator().get_state();
  const auto first = GaussianMixture::fit(x, 5, 17);
  const auto second = GaussianMixture::fit(x, 5, 17);
  EXPECT_TRUE(torch::equal(first.means, second.means));
  EXPECT_TRUE(torch::equal(first.covariances, second.covariances));
  EXPECT_TRUE(torch::equal(first.sample(100, 1), second.sample(100, 1)));
  EXPECT_TRUE(torch::equal(at::detail::getDefaultCPUGenerator().get_state(), state));
}

TEST(GaussianMixture, LikelihoodRisesWithEveryIteration) {
  const auto x = torch::cat({normal64(400, 2, 18), normal64(400, 2, 19) + vector64({2, 0})});
  MixtureOptions options;
  options.tolerance = 0.0;
  double previous = -kInfinity;
  for (options.max_iterations = 1; options.max_iterations <= 8; ++options.max_iterations) {
    const auto mixture = GaussianMixture::fit(x, 2, 3, options);
    EXPECT_EQ(mixture.iterations, options.max_iterations);
    EXPECT_GE(mixture.log_likelihood, previous - 1e-9);
    previous = mixture.log_likelihood;
  }
}

TEST(GaussianMixture, SurvivesDegenerateData) {
  const auto expect_finite = [](const torch::Tensor& x, std::int64_t components) {
    const auto mixture = GaussianMixture::fit(x, components, 4);
    EXPECT_NEAR(mixture.weights.sum().item<double>(), 1.0, 1e-12);
    EXPECT_TRUE(torch::isfinite(mixture.means).all().item<bool>());
    EXPECT_TRUE(torch::isfinite(mixture.covariances).all().item<bool>());
    const auto samples = mixture.sample(200, 5);
    EXPECT_TRUE(torch::isfinite(samples).all().item<bool>());
    return samples.to(torch::kFloat64);
  };
  const auto t = normal64(300, 1, 20);
  const auto constant_column = expect_finite(torch::cat({t, torch::full_like(t, 0.1)}, 1), 4);
  EXPECT_LT(largest_difference(constant_column.select(1, 1), torch::full({200}, 0.1, torch::kFloat64)), 1e-7);
  const auto line = expect_finite(torch::cat({t, -3.0 * t}, 1), 4);
  EXPECT_LT(largest_difference(line.select(1, 1), -3.0 * line.select(1, 0)), 1e-5);
  expect_finite(t, 10);                                           // One dimension.
  const auto same = expect_finite(torch::full({20, 3}, 2.5), 5);  // Fewer distinct samples than components.
  EXPECT_EQ(largest_difference(same, torch::full({200, 3}, 2.5, torch::kFloat64)), 0.0);
  const auto each_its_own = expect_finite(matrix64({{0, 0}, {1e6, 0}, {0, 1e-6}}), 3);
  EXPECT_LE(each_its_own.max().item<double>(), 1e6);
}

TEST(GaussianMixture, RefusesImpossibleFits) {
  const auto x = normal64(5, 2, 21);
  const auto message = complaint([&] { GaussianMixture::fit(x, 10, 0); });
  EXPECT_THAT(message, HasSubstr("10 components"));
  EXPECT_THAT(message, HasSubstr("5 samples"));
  EXPECT_THAT(complaint([&] { GaussianMixture::fit(x, 0, 0); }), HasSubstr("0 components"));
  MixtureOptions options;
  options.regularisation = 0.0;
  EXPECT_THAT(complaint([&] { GaussianMixture::fit(x, 2, 0, options); }), HasSubstr("regularisation"));
}

}  // namespace
}  // namespace rraebench
