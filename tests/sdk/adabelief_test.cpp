#include "rraebench/adabelief.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

namespace rraebench {
namespace {

using Groups = std::vector<torch::optim::OptimizerParamGroup>;

Groups one_group(std::vector<torch::Tensor> parameters) {
  Groups groups;
  groups.emplace_back(std::move(parameters));
  return groups;
}

/// Algorithm 2 of the paper for one number, written out.
struct Reference {
  double theta;
  double m = 0.0;
  double s = 0.0;
  int t = 0;
  bool from_previous_mean = false;

  void step(double g, double lr) {
    constexpr double kBeta1 = 0.9;
    constexpr double kBeta2 = 0.999;
    constexpr double kEps = 1e-16;
    ++t;
    const double previous = m;
    m = kBeta1 * m + (1 - kBeta1) * g;
    const double surprise = g - (from_previous_mean ? previous : m);
    s = kBeta2 * s + (1 - kBeta2) * surprise * surprise + kEps;
    const double m_hat = m / (1 - std::pow(kBeta1, t));
    const double s_hat = s / (1 - std::pow(kBeta2, t));
    theta -= lr * m_hat / (std::sqrt(s_hat) + kEps);
  }
};

void expect_reference(bool from_previous_mean) {
  auto parameter = torch::tensor({0.3, -1.2, 4.0}, torch::kFloat64).requires_grad_();
  std::vector<Reference> references;
  for (const double theta : {0.3, -1.2, 4.0}) references.push_back({theta, 0.0, 0.0, 0, from_previous_mean});
  AdaBelief optimiser(one_group({parameter}), AdaBeliefOptions(0.01).from_previous_mean(from_previous_mean));
  for (int step = 0; step < 50; ++step) {
    std::vector<double> gradients;
    for (int i = 0; i < 3; ++i) gradients.push_back(std::sin(0.7 * step + i) + 0.1 * i);
    parameter.mutable_grad() = torch::tensor(gradients, torch::kFloat64);
    optimiser.step();
    for (int i = 0; i < 3; ++i) references[i].step(gradients[i], 0.01);
  }
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(parameter[i].item<double>(), references[i].theta, 1e-12);
}

TEST(AdaBelief, FollowsThePublishedUpdateInDoublePrecision) {
  expect_reference(false);
}

TEST(AdaBelief, ComparesWithThePreviousMeanAsOptaxDidBefore) {
  expect_reference(true);
}

TEST(AdaBelief, OnePassAndTensorOperationsAgree) {
  for (const auto type : {torch::kFloat32, torch::kFloat64}) {
    torch::manual_seed(3);
    auto contiguous = torch::randn({6, 5}, type).requires_grad_();
    // The same values with other strides take the other path.
    auto strided = contiguous.detach().t().contiguous().t().requires_grad_();
    ASSERT_FALSE(strided.is_contiguous());
    AdaBelief first(one_group({contiguous}));
    AdaBelief second(one_group({strided}));
    for (int step = 0; step < 20; ++step) {
      const auto gradient = torch::randn({6, 5}, type);
      contiguous.mutable_grad() = gradient.clone();
      strided.mutable_grad() = gradient.t().contiguous().t();
      first.step();
      second.step();
    }
    EXPECT_TRUE(torch::allclose(contiguous, strided, 1e-5, 1e-6));
  }
}

TEST(AdaBelief, GroupsKeepTheirOwnLearningRate) {
  auto slow = torch::zeros({1}, torch::kFloat64).requires_grad_();
  auto fast = torch::zeros({1}, torch::kFloat64).requires_grad_();
  Groups groups;
  groups.emplace_back(std::vector<torch::Tensor>{slow}, std::make_unique<AdaBeliefOptions>(1e-3));
  groups.emplace_back(std::vector<torch::Tensor>{fast}, std::make_unique<AdaBeliefOptions>(1e-1));
  AdaBelief optimiser(std::move(groups));
  slow.mutable_grad() = torch::ones({1}, torch::kFloat64);
  fast.mutable_grad() = torch::ones({1}, torch::kFloat64);
  optimiser.step();
  EXPECT_NEAR(fast.item<double>() / slow.item<double>(), 100.0, 1e-9);
}

TEST(AdaBelief, ParametersWithoutGradientStay) {
  auto parameter = torch::ones({2}).requires_grad_();
  AdaBelief optimiser(one_group({parameter}));
  optimiser.step();
  EXPECT_TRUE(torch::equal(parameter, torch::ones({2})));
}

TEST(AdaBelief, SavedStateContinuesExactly) {
  const auto train = [](AdaBelief& optimiser, torch::Tensor& parameter, int steps) {
    for (int step = 0; step < steps; ++step) {
      optimiser.zero_grad();
      (parameter - torch::arange(4, torch::kFloat32)).square().sum().backward();
      optimiser.step();
    }
  };
  auto whole = torch::ones({4}).requires_grad_();
  AdaBelief uninterrupted(one_group({whole}), AdaBeliefOptions(0.05));
  train(uninterrupted, whole, 10);

  auto first = torch::ones({4}).requires_grad_();
  AdaBelief before(one_group({first}), AdaBeliefOptions(0.05));
  train(before, first, 4);
  std::stringstream stream;
  torch::save(before, stream);
  auto second = first.detach().clone().requires_grad_();
  AdaBelief after(one_group({second}), AdaBeliefOptions(0.05));
  torch::load(after, stream);
  train(after, second, 6);
  EXPECT_TRUE(torch::equal(whole, second));
}

TEST(AdaBelief, RefusesTheStateOfALargerModel) {
  auto a = torch::ones({1}).requires_grad_();
  auto b = torch::ones({1}).requires_grad_();
  AdaBelief larger(one_group({a, b}));
  (a + b).sum().backward();
  larger.step();
  std::stringstream stream;
  torch::save(larger, stream);
  AdaBelief smaller(one_group({a}));
  EXPECT_THROW(torch::load(smaller, stream), std::invalid_argument);
}

}  // namespace
}  // namespace rraebench
