#include "metrics/mutual_information.hpp"

#include "metrics/collapse.hpp"
#include "tests/metrics/tensors.hpp"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;

TEST(MutualInformation, IdenticalPosteriorsTellNothing) {
  const auto mean = torch::full({50, 4}, 3.0);
  EXPECT_NEAR(aggregated_mutual_information(mean, torch::zeros_like(mean), 1).nats, 0.0, 1e-12);
}

TEST(MutualInformation, DistantPosteriorsTellWhichSample) {
  const auto mean = torch::arange(20, torch::kFloat64).view({20, 1}) * 1e4;
  const auto information = aggregated_mutual_information(mean, torch::full({20, 1}, -2.0), 1);
  EXPECT_NEAR(information.nats, std::log(20.0), 1e-12);
  EXPECT_DOUBLE_EQ(information.limit, std::log(20.0));
}

TEST(MutualInformation, TwoGaussiansByQuadrature) {
  constexpr std::int64_t kDraws = 40000;
  const double tolerance = 3.0 / std::sqrt(2.0 * kDraws);
  for (const auto& [a, expected] : {std::pair{1.0, 0.33683}, {3.0, 0.68930}, {10.0, 0.693147}})
    EXPECT_NEAR(aggregated_mutual_information(matrix64({{a}, {-a}}), torch::zeros({2, 1}), 2, kDraws).nats,
                expected, tolerance);
}

TEST(MutualInformation, DoesNotDependOnTheUnitOfTheCodes) {
  const auto mean = normal64(200, 3, 3);
  const auto log_variance = normal64(200, 3, 4) - 1.0;
  const double nats = aggregated_mutual_information(mean, log_variance, 5).nats;
  EXPECT_NEAR(aggregated_mutual_information(1e4 * mean, log_variance + 2.0 * std::log(1e4), 5).nats, nats,
              1e-9);
  EXPECT_GT(nats, 0.5);
  EXPECT_LT(nats, std::log(200.0));
  // I <= KL to the prior, up to noise.
  EXPECT_LT(nats, kl_per_dimension(mean, log_variance).sum().item<double>() + 3.0 / std::sqrt(200.0));
}

TEST(MutualInformation, VarianceAllButZeroIsFine) {
  const auto mean = torch::tensor({0.0, 0.0, 1.0, 1.0}, torch::kFloat64).view({4, 1});
  EXPECT_NEAR(aggregated_mutual_information(mean, torch::full({4, 1}, -60.0), 1).nats, std::log(2.0), 1e-12);
}

TEST(MutualInformation, TheSeedDecides) {
  const auto mean = normal64(30, 2, 6);
  const auto zeros = torch::zeros_like(mean);
  EXPECT_EQ(aggregated_mutual_information(mean, zeros, 1).nats,
            aggregated_mutual_information(mean, zeros, 1).nats);
  EXPECT_NE(aggregated_mutual_information(mean, zeros, 1).nats,
            aggregated_mutual_information(mean, zeros, 2).nats);
}

TEST(MutualInformation, RefusesPosteriorsThatAreNone) {
  const auto zeros = torch::zeros({4, 2});
  EXPECT_THAT(complaint([&] {
                aggregated_mutual_information(zeros, torch::zeros({4, 3}), 1);
              }),
              HasSubstr("[4, 3]"));
  EXPECT_THAT(complaint([&] { aggregated_mutual_information(zeros, zeros, 1, 0); }), HasSubstr("0 draws"));
  EXPECT_THAT(complaint([&] {
                aggregated_mutual_information(zeros, torch::full({4, 2}, kNan), 1);
              }),
              HasSubstr("log variance"));
}

TEST(MutualInformation, VarianceWithoutBoundIsFine) {
  const auto mean = normal64(50, 2, 7);
  EXPECT_NEAR(aggregated_mutual_information(mean, torch::full({50, 2}, 1000.0), 1).nats, 0.0, 1e-9);
  // One dimension is noise without bound, the other tells which sample it is.
  const auto far =
      torch::stack({torch::arange(50, torch::kFloat64) * 100.0, torch::zeros({50}, torch::kFloat64)}, 1);
  const auto log_variance = torch::tensor({0.0, 1000.0}, torch::kFloat64).expand({50, 2});
  EXPECT_NEAR(aggregated_mutual_information(far, log_variance, 1).nats, std::log(50.0), 1e-9);
}

TEST(MutualInformation, DoesNotDependOnTheNumberOfThreads) {
  const auto mean = normal64(200, 3, 8);
  const auto zeros = torch::zeros_like(mean);
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const double nats = aggregated_mutual_information(mean, zeros, 1).nats;
  at::set_num_threads(3);
  EXPECT_EQ(aggregated_mutual_information(mean, zeros, 1).nats, nats);
  at::set_num_threads(before);
}

}  // namespace
}  // namespace rraebench
