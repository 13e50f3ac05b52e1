#include "metrics/bootstrap.hpp"

#include "metrics/frechet.hpp"
#include "tests/metrics/tensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;

TEST(Bootstrap, OfAMeanIsItsStandardError) {
  const auto values = normal64(400, 1, 1).squeeze(1) * 3.0 + 5.0;
  const auto interval = bootstrap_mean_interval(values, {4000, 0.95, 2});
  const double error = values.std(/*unbiased=*/false).item<double>() / 20.0;
  const double mean = values.mean().item<double>();
  EXPECT_NEAR(interval.lower, mean - 1.96 * error, 0.1 * error);
  EXPECT_NEAR(interval.upper, mean + 1.96 * error, 0.1 * error);
}

TEST(Bootstrap, DrawsGroupsTogether) {
  // Five equal values in each group: as uncertain as one of each.
  const auto single = normal64(200, 1, 1).squeeze(1);
  const auto values = single.repeat_interleave(5);
  BootstrapOptions options{4000, 0.95, 2, 5};
  const auto interval = bootstrap_mean_interval(values, options);
  const double error = single.std(/*unbiased=*/false).item<double>() / std::sqrt(200.0);
  EXPECT_NEAR(interval.upper - interval.lower, 2.0 * 1.96 * error, 0.1 * error);
  // Of 13 values in groups of 5 the last has 3.
  options = {50, 0.95, 3, 5};
  bootstrap_interval(0.0, 13, options, [](const torch::Tensor& indices) {
    const auto counts = torch::bincount(indices, {}, 13);
    for (const auto first : {0, 5, 10})
      EXPECT_TRUE((counts.slice(0, first, std::min(first + 5, 13)) == counts[first]).all().item<bool>());
    return 0.0;
  });
}

TEST(Bootstrap, IntervalLiesRoundABiasedStatistic) {
  const auto real = moments_of(normal64(500, 20, 3));
  const auto generated = normal64(60, 20, 4);
  const FrechetReference reference(real);
  const double estimate = reference.distance_to(moments_of(generated));
  double sum = 0.0;
  const auto interval = bootstrap_interval(estimate, 60, {200, 0.9, 5}, [&](const torch::Tensor& indices) {
    const double value = reference.distance_to(moments_of(generated.index_select(0, indices)));
    sum += value / 200.0;
    return value;
  });
  EXPECT_GT(sum, interval.upper);  // Without the move, all of it would lie above.
  EXPECT_LT(interval.lower, estimate);
  EXPECT_GT(interval.upper, estimate);
}

TEST(Bootstrap, IndicesAreInRangeAndTheSeedDecides) {
  const auto draw = [](std::uint64_t seed) {
    std::vector<double> sums;
    bootstrap_interval(0.0, 7, {20, 0.5, seed}, [&](const torch::Tensor& indices) {
      EXPECT_EQ(indices.sizes(), at::IntArrayRef({7}));
      EXPECT_GE(indices.min().item<std::int64_t>(), 0);
      EXPECT_LT(indices.max().item<std::int64_t>(), 7);
      sums.push_back(indices.sum().item<double>());
      return sums.back();
    });
    return sums;
  };
  EXPECT_EQ(draw(1), draw(1));
  EXPECT_NE(draw(1), draw(2));
}

TEST(Bootstrap, RefusesSettingsThatAreNone) {
  const auto values = torch::ones({5});
  EXPECT_THAT(complaint([&] { bootstrap_mean_interval(values, {1, 0.95, 0}); }), HasSubstr("1 replicates"));
  EXPECT_THAT(complaint([&] { bootstrap_mean_interval(values, {10, 1.0, 0}); }), HasSubstr("confidence 1"));
  EXPECT_THAT(complaint([&] { bootstrap_mean_interval(torch::ones({0}), {}); }), HasSubstr("0 samples"));
}

}  // namespace
}  // namespace rraebench
