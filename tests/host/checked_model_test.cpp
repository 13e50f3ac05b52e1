#include "host/worker/checked_model.hpp"

#include "tests/support/complaint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rraebench {
namespace {

using testing::HasSubstr;

/// Answers what the test puts in.
class AnsweringAsTold : public Model {
 public:
  Loss loss(const Batch& batch) override { return {batch.samples.sum(), {}}; }
  torch::Tensor encode(const torch::Tensor& samples) override { return samples; }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return coefficients; }
  std::optional<torch::Tensor> prior(std::int64_t count) override {
    return draw ? std::optional(draw(count)) : std::nullopt;
  }
  std::optional<torch::Tensor> kl(const torch::Tensor& /*samples*/) override { return kl_answer; }

  std::function<torch::Tensor(std::int64_t)> draw;
  std::optional<torch::Tensor> kl_answer;
};

class CheckedModelTest : public testing::Test {
 protected:
  bool standard(std::function<torch::Tensor(std::int64_t)> draw) {
    model_->draw = std::move(draw);
    return checked_.has_standard_prior();
  }

  std::shared_ptr<AnsweringAsTold> model_ = std::make_shared<AnsweringAsTold>();
  CheckedModel checked_{model_, {4}};
};

TEST_F(CheckedModelTest, KnowsAStandardPriorFromAnother) {
  EXPECT_TRUE(standard({}));
  EXPECT_TRUE(standard([](std::int64_t n) { return torch::randn({n, 4}); }));
  EXPECT_TRUE(standard([](std::int64_t n) { return torch::randn({n, 200}, torch::kFloat64); }));
  EXPECT_FALSE(standard([](std::int64_t n) { return torch::randn({n, 4}) + 0.2; }));
  EXPECT_FALSE(standard([](std::int64_t n) {
    return torch::randn({n, 3}) * torch::tensor({1.0, 1.0, 1.2});
  }));
  EXPECT_FALSE(standard([](std::int64_t n) { return torch::randn({n, 1}).expand({n, 3}); })) << "correlated";
  EXPECT_FALSE(standard([](std::int64_t n) { return torch::zeros({n, 3}); }));
}

TEST_F(CheckedModelTest, LookingAtThePriorLeavesTheGeneratorAlone) {
  torch::manual_seed(3);
  const auto expected = torch::rand({5});
  torch::manual_seed(3);
  standard([](std::int64_t n) { return torch::randn({n, 4}); });
  EXPECT_TRUE(torch::equal(torch::rand({5}), expected));
}

TEST_F(CheckedModelTest, TakesAKlOfEachSampleOrOfEachCoefficientAlsoAnInfiniteOne) {
  const auto samples = torch::zeros({3, 4});
  EXPECT_FALSE(checked_.kl(samples));
  model_->kl_answer = torch::full({3}, std::numeric_limits<double>::infinity());
  EXPECT_EQ(checked_.kl(samples)->dim(), 1);
  model_->kl_answer = torch::ones({3, 2});
  EXPECT_EQ(checked_.kl(samples)->size(1), 2);
  model_->kl_answer = torch::ones({2, 3});
  EXPECT_THAT(complaint_of<std::runtime_error>([&] { checked_.kl(samples); }),
              HasSubstr("kl() returned 2 x 3, expected 3 values"));
}

TEST_F(CheckedModelTest, AsksAnOlderPluginForNothingThatCameLater) {
  model_->kl_answer = torch::ones({3});
  EXPECT_FALSE(CheckedModel(model_, {4}, 1).kl(torch::zeros({3, 4})));
}

TEST_F(CheckedModelTest, LetsAnyValuesThroughWhereItIsTold) {
  const auto bad = torch::full({2, 4}, std::numeric_limits<float>::quiet_NaN());
  EXPECT_THROW(checked_.decode(bad), DivergedError);
  EXPECT_NO_THROW(checked_.with_any_values().decode(bad));
  EXPECT_THROW(checked_.with_any_values().decode(torch::zeros({2, 3})), std::runtime_error);
}

}  // namespace
}  // namespace rraebench
