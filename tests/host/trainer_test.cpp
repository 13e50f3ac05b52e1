#include "host/worker/training/trainer.hpp"

#include "host/common/errors.hpp"
#include "host/common/stop_request.hpp"
#include "rraebench/losses.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace rraebench {
namespace {

using testing::HasSubstr;

/// A linear model with noise, whose calls are counted.
class NoisyLine : public Model {
 public:
  NoisyLine() {
    torch::manual_seed(5);
    layer_ = register_module("layer", torch::nn::Linear(4, 4));
  }
  Loss loss(const Batch& batch) override {
    batch_steps.push_back(batch.step);
    const auto noisy = batch.samples + 0.01 * torch::randn_like(batch.samples);
    const auto error = relative_error_loss(layer_->forward(noisy), batch.samples) * scale;
    return {error, {{"reconstruction", error.detach()}, {"nothing", torch::full({}, part)}}};
  }
  void after_step() override { ++steps; }
  void finalise(const NextBatch& next) override {
    ++finalised;
    while (const auto batch = next()) seen += batch->samples.size(0);
  }
  torch::Tensor encode(const torch::Tensor& samples) override { return layer_->forward(samples); }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return coefficients; }

  int steps = 0;
  std::vector<std::int64_t> batch_steps;
  int finalised = 0;
  std::int64_t seen = 0;
  double scale = 1.0;
  double part = 0.0;

 private:
  torch::nn::Linear layer_{nullptr};
};

class TrainerTest : public testing::Test {
 protected:
  TrainerTest() {
    torch::manual_seed(1);
    split_.samples = torch::randn({30, 4});
    plan_.batch_size = 8;
    plan_.stages = {{1e-2, 40, 0}, {1e-3, 0, 5}};  // 40 batches, then 5 epochs of 3.
  }

  TrainingSummary run(const std::shared_ptr<NoisyLine>& model, const std::filesystem::path& checkpoint = {},
                      std::int64_t stop_after = -1) {
    const SampleSource samples(split_, {}, torch::kCPU);
    const CheckedModel checked(model, {4});
    std::int64_t asked = 0;
    curve_.clear();
    return train(checked, plan_, samples, 3, checkpoint,
                 {[](const Progress&) {}, [this](const CurvePoint& point) { curve_.push_back(point); },
                  [&] { return ++asked == stop_after; },
                  [this](const std::string& text) { warnings_.push_back(text); }});
  }

  static torch::Tensor weights(const std::shared_ptr<NoisyLine>& model) {
    return model->parameters()[0].detach().clone();
  }

  Split split_;
  TrainingPlan plan_;
  std::vector<CurvePoint> curve_;
  std::vector<std::string> warnings_;
};

TEST_F(TrainerTest, GoesThroughAllStagesAndFinalisesOnce) {
  const auto model = std::make_shared<NoisyLine>();
  const auto summary = run(model);
  EXPECT_EQ(summary.train_steps, 55);
  EXPECT_EQ(summary.parameter_count, 20);
  EXPECT_EQ(model->steps, 55);
  EXPECT_EQ(model->finalised, 1);
  EXPECT_EQ(model->seen, 30);
  EXPECT_FALSE(model->is_training());
  EXPECT_EQ(curve_.back().step, 55);
  EXPECT_LT(curve_.back().value, curve_.front().value);
  ASSERT_EQ(model->batch_steps.size(), 55U);
  for (std::size_t i = 0; i < 55; ++i) EXPECT_EQ(model->batch_steps[i], static_cast<std::int64_t>(i));
}

/// A model whose finalise() does all.
class Fitted : public Model {
 public:
  Loss loss(const Batch& batch) override { return {(batch.samples - mean_).norm() + scale_(), {}}; }
  void finalise(const NextBatch& next) override {
    while (const auto batch = next()) mean_ = batch->samples.mean(0);
  }
  torch::Tensor encode(const torch::Tensor& samples) override { return samples; }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return coefficients; }

  std::function<torch::Tensor()> scale_ = [] { return torch::zeros({}); };
  torch::Tensor mean_ = torch::zeros({4});
};

TEST_F(TrainerTest, AModelWithNothingToTrainIsOnlyFinalised) {
  const auto model = std::make_shared<Fitted>();
  const SampleSource samples(split_, {}, torch::kCPU);
  std::vector<std::string> warnings;
  const TrainingHooks hooks{[](const Progress&) {}, [](const CurvePoint&) {}, [] { return false; },
                            [&](const std::string& text) { warnings.push_back(text); }};
  const auto summary = train(CheckedModel(model, {4}), plan_, samples, 3, {}, hooks);
  EXPECT_EQ(summary.train_steps, 0);
  EXPECT_TRUE(torch::equal(model->mean_, split_.samples.mean(0)));
  EXPECT_THAT(warnings, testing::ElementsAre("the model has nothing to train: the 55 steps are left out"));

  // A layer that was never registered is no such model.
  auto weight = torch::zeros({}, torch::requires_grad());
  model->scale_ = [weight] { return weight; };
  EXPECT_THROW(train(CheckedModel(model, {4}), plan_, samples, 3, {}, hooks), std::runtime_error);
}

TEST_F(TrainerTest, FineTunesAfterFinalising) {
  plan_.fine_tuning = {{1e-3, 10, 0}};
  const auto model = std::make_shared<NoisyLine>();
  EXPECT_EQ(run(model).train_steps, 65);
  EXPECT_EQ(model->finalised, 1);
}

TEST_F(TrainerTest, TheSameSeedGivesTheSameWeights) {
  const auto first = std::make_shared<NoisyLine>();
  const auto second = std::make_shared<NoisyLine>();
  run(first);
  torch::rand({100});  // Whatever else drew from the generator.
  run(second);
  EXPECT_TRUE(torch::equal(weights(first), weights(second)));
}

TEST_F(TrainerTest, AnInterruptedTrainingGoesOnToTheSameWeightsAndCurve) {
  plan_.fine_tuning = {{1e-3, 10, 0}};
  const auto whole = std::make_shared<NoisyLine>();
  run(whole);
  const auto whole_curve = curve_;

  const TemporaryFolder folder;
  for (const std::int64_t stop_after : {1, 17, 40, 41, 60}) {
    const auto checkpoint = folder / "run.pt";
    EXPECT_THROW(run(std::make_shared<NoisyLine>(), checkpoint, stop_after), InterruptedError);
    ASSERT_TRUE(std::filesystem::exists(checkpoint));
    const auto resumed = std::make_shared<NoisyLine>();
    EXPECT_EQ(run(resumed, checkpoint).train_steps, 65);
    EXPECT_TRUE(torch::equal(weights(resumed), weights(whole))) << stop_after;
    ASSERT_EQ(curve_.size(), whole_curve.size());
    for (std::size_t i = 0; i < curve_.size(); ++i) EXPECT_EQ(curve_[i].value, whole_curve[i].value);

    // The checkpoint now holds the trained model: what comes after training can go on from it.
    const auto again = std::make_shared<NoisyLine>();
    EXPECT_EQ(run(again, checkpoint).train_steps, 65);
    EXPECT_TRUE(torch::equal(weights(again), weights(whole)));
    EXPECT_EQ(again->steps, 0);
    EXPECT_EQ(again->finalised, 0);
    EXPECT_EQ(curve_.size(), whole_curve.size());
    std::filesystem::remove(checkpoint);
  }
}

TEST_F(TrainerTest, APartOfTheLossThatIsNoNumberDoesNotSpoilTheCheckpoint) {
  const TemporaryFolder folder;
  const auto without_number = [] {
    auto model = std::make_shared<NoisyLine>();
    model->part = std::nan("");
    return model;
  };
  EXPECT_THROW(run(without_number(), folder / "run.pt", 17), InterruptedError);
  EXPECT_EQ(run(without_number(), folder / "run.pt").train_steps, 55);
  EXPECT_TRUE(warnings_.empty()) << warnings_.front();
}

TEST_F(TrainerTest, ADamagedCheckpointIsSaidAndTheTrainingBeginsAnew) {
  const auto whole = std::make_shared<NoisyLine>();
  run(whole);
  const auto whole_curve = curve_;

  const TemporaryFolder folder;
  const auto checkpoint = folder / "run.pt";
  EXPECT_THROW(run(std::make_shared<NoisyLine>(), checkpoint, 20), InterruptedError);
  const auto good = read_file(checkpoint);
  auto flipped = good;
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 1);
  auto other_version = good;
  other_version.replace(other_version.find(" of ") + 4, 1, "9");
  for (const auto& damaged : {std::string(), good.substr(0, 5), good.substr(0, good.size() / 2),
                              good.substr(0, good.size() - 1), flipped, other_version}) {
    folder.write("run.pt", damaged);
    warnings_.clear();
    const auto model = std::make_shared<NoisyLine>();
    EXPECT_EQ(run(model, checkpoint).train_steps, 55);
    ASSERT_EQ(warnings_.size(), 1U);
    EXPECT_EQ(warnings_[0].find(checkpoint.string() + ": cannot be taken up ("), 0U) << warnings_[0];
    EXPECT_TRUE(torch::equal(weights(model), weights(whole)));
    EXPECT_EQ(curve_.size(), whole_curve.size());
  }
}

TEST_F(TrainerTest, ACheckpointOfAnotherModelChangesNothing) {
  const auto whole = std::make_shared<NoisyLine>();
  run(whole);
  const TemporaryFolder folder;
  const auto checkpoint = folder / "run.pt";
  EXPECT_THROW(run(std::make_shared<NoisyLine>(), checkpoint, 20), InterruptedError);
  const auto asking = std::make_shared<NoisyLine>();
  asking->register_module("more", torch::nn::Linear(1, 1));  // Missing, after `layer` was read.
  run(asking, checkpoint);
  EXPECT_EQ(warnings_.size(), 1U);
  EXPECT_TRUE(torch::equal(weights(asking), weights(whole)));
}

TEST_F(TrainerTest, ACheckpointThatCannotBeWrittenOrReadIsAnErrorOfItsPlace) {
  const TemporaryFolder folder;
  const auto checkpoint = folder / "run.pt";
  std::filesystem::create_symlink("/dev/full", folder / "run.pt.part");
  try {
    run(std::make_shared<NoisyLine>(), checkpoint);
    FAIL() << "no error";
  } catch (const InfrastructureError& error) {
    EXPECT_EQ(std::string(error.what()).find(checkpoint.string() + ": cannot be written: no space left"), 0U)
        << error.what();
  }
  std::filesystem::create_directory(checkpoint);
  EXPECT_THROW(run(std::make_shared<NoisyLine>(), checkpoint), InfrastructureError);
}

/// A linear model whose loss and groups the test chooses.
class Choosing : public Model {
 public:
  Choosing() {
    torch::manual_seed(5);
    layer = register_module("layer", torch::nn::Linear(4, 4));
    stray = torch::nn::Linear(4, 4);
  }
  Loss loss(const Batch& batch) override { return {use(batch.samples), {}}; }
  std::vector<ParameterGroup> parameter_groups() override {
    return groups.empty() ? Model::parameter_groups() : groups;
  }
  torch::Tensor encode(const torch::Tensor& samples) override { return layer->forward(samples); }
  torch::Tensor decode(const torch::Tensor& coefficients) override { return coefficients; }

  void finalise(const NextBatch& /*samples*/) override { groups = tuned; }

  torch::nn::Linear layer{nullptr};
  torch::nn::Linear stray{nullptr};   // Not registered.
  std::vector<ParameterGroup> tuned;  // The groups of fine-tuning.
  std::vector<ParameterGroup> groups;
  std::function<torch::Tensor(const torch::Tensor&)> use;
};

class WhatTheLossUses : public TrainerTest {
 protected:
  /// What training says; empty where it goes through.
  std::string fault(std::function<torch::Tensor(const torch::Tensor&)> use) {
    model_->use = std::move(use);
    const SampleSource samples(split_, {}, torch::kCPU);
    try {
      train(CheckedModel(model_, {4}), plan_, samples, 3, {},
            {[](const Progress&) {}, [](const CurvePoint&) {}, [] { return false; }});
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }

  std::shared_ptr<Choosing> model_ = std::make_shared<Choosing>();
};

TEST_F(WhatTheLossUses, IsRegisteredAndInAGroup) {
  const auto whole = [this](const torch::Tensor& x) { return model_->layer->forward(x).square().mean(); };
  EXPECT_EQ(fault(whole), "");
  EXPECT_THAT(
      fault([this](const torch::Tensor& x) {
        return model_->stray->forward(model_->layer->forward(x)).square().mean();
      }),
      HasSubstr("that is in no parameter group and is not registered: was a module held as a member"));
  EXPECT_THAT(fault([](const torch::Tensor& x) { return x.sum(); }), HasSubstr("loss() has no gradient"));

  model_->groups = {{{model_->layer->weight}, 1.0}};
  EXPECT_THAT(fault(whole), HasSubstr("uses parameter 'layer.bias', which is in no parameter group"));
  model_->groups = {{{model_->layer->weight, model_->layer->bias, model_->stray->weight}, 1.0}};
  EXPECT_THAT(fault(whole), HasSubstr("hold a tensor of 16 values that is not registered"));
}

TEST_F(WhatTheLossUses, MayBeMadeForTheStepAlone) {
  EXPECT_EQ(fault([this](const torch::Tensor& x) {
              const auto samples = x.detach().clone().requires_grad_();
              const auto y = model_->layer->forward(samples);
              const auto slope = torch::autograd::grad({y.sum()}, {samples}, {}, /*retain_graph=*/true,
                                                       /*create_graph=*/true);
              return y.square().mean() + slope[0].square().mean();
            }),
            "");
}

TEST_F(WhatTheLossUses, MayStayAsItIsInFineTuning) {
  plan_.fine_tuning = {{1e-3, 2, 0}};
  model_->tuned = {{{model_->layer->bias}, 1.0}};
  EXPECT_EQ(fault([this](const torch::Tensor& x) { return model_->layer->forward(x).square().mean(); }), "");
}

TEST_F(WhatTheLossUses, TakesNoGradientWhereItStaysAsItIs) {
  plan_.stages = {{1e-3, 3, 0}};
  plan_.fine_tuning = {{1e-3, 2, 0}};
  model_->tuned = {{{model_->layer->bias}, 1.0}};
  std::vector<bool> differentiated;
  EXPECT_EQ(fault([&](const torch::Tensor& x) {
              differentiated.push_back(model_->layer->weight.requires_grad());
              return model_->layer->forward(x).square().mean();
            }),
            "");
  EXPECT_THAT(differentiated, testing::ElementsAre(true, true, true, false, false));
  EXPECT_TRUE(model_->layer->weight.requires_grad());
}

TEST_F(TrainerTest, StopsAStageThatStagnates) {
  plan_.stages = {{0.0, 1000, 0}};  // Learns nothing.
  plan_.stagnation_window = 10;
  plan_.stagnation_tolerance = 0.5;
  EXPECT_EQ(run(std::make_shared<NoisyLine>()).train_steps, 20);
  plan_.stagnation_count = 4;  // The first window has none before it.
  EXPECT_EQ(run(std::make_shared<NoisyLine>()).train_steps, 50);
}

TEST_F(TrainerTest, ALossThatIsNotFiniteIsDivergence) {
  const auto model = std::make_shared<NoisyLine>();
  model->scale = std::numeric_limits<double>::infinity();
  EXPECT_THROW(run(model), DivergedError);
}

TEST_F(TrainerTest, SaysThatOtherThreadsWentOn) {
  const TemporaryFolder folder;
  const auto checkpoint = folder / "run.pt";
  EXPECT_THROW(run(std::make_shared<NoisyLine>(), checkpoint, 20), InterruptedError);
  const auto copy = folder / "copy.pt";
  std::filesystem::copy_file(checkpoint, copy);
  run(std::make_shared<NoisyLine>(), copy);
  EXPECT_TRUE(warnings_.empty()) << warnings_.front();
  const int threads = torch::get_num_threads();
  torch::set_num_threads(threads + 1);
  EXPECT_THROW(run(std::make_shared<NoisyLine>(), checkpoint, 30), InterruptedError);
  warnings_.clear();
  run(std::make_shared<NoisyLine>(), checkpoint);
  torch::set_num_threads(threads);
  ASSERT_EQ(warnings_.size(), 1U) << "also of a part before the last one";
  EXPECT_THAT(warnings_[0], HasSubstr("trained in parts, on "));
  EXPECT_THAT(warnings_[0], HasSubstr(std::to_string(threads + 1) + " threads"));
}

}  // namespace
}  // namespace rraebench
