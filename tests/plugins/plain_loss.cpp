#include "plain_loss.hpp"

#include "host/worker/conformance/tiny_instance.hpp"

#include <gtest/gtest.h>

#include <map>

namespace rraebench {

torch::Tensor run_child(Model& model, const std::string& name, const torch::Tensor& x) {
  const auto child = model.named_children()[name];
  auto* sequential = child->as<torch::nn::Sequential>();
  return sequential != nullptr ? sequential->forward(x) : child->as<torch::nn::Linear>()->forward(x);
}

torch::Tensor plain_error(const torch::Tensor& estimate, const torch::Tensor& reference) {
  return 100 * (estimate - reference).square().sum().sqrt() / reference.square().sum().sqrt();
}

torch::Tensor plain_kl(const torch::Tensor& mean, const torch::Tensor& log_variance) {
  return 0.5 * (mean.square() + log_variance.exp() - log_variance - 1).sum(0);
}

void expect_plain_loss(Model& model, const Batch& batch, const std::function<torch::Tensor()>& plain) {
  model.train();
  const auto total = seeded_loss(model, batch);
  total.backward();
  std::map<std::string, torch::Tensor> gradients;
  for (auto& item : model.named_parameters()) {
    gradients[item.key()] = item.value().grad().clone();
    item.value().mutable_grad().reset();
  }
  torch::manual_seed(99);  // As seeded_loss() does.
  const auto expected = plain();
  expected.backward();
  EXPECT_NEAR(total.item<double>(), expected.item<double>(), 1e-9 * expected.item<double>());
  for (const auto& item : model.named_parameters())
    EXPECT_TRUE(torch::allclose(gradients[item.key()], item.value().grad(), 1e-8, 1e-10)) << item.key();
}

}  // namespace rraebench
