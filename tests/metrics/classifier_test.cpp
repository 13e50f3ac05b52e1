#include "metrics/extractors/classifier.hpp"

#include "metrics/entropy.hpp"
#include "metrics/one_thread.hpp"
#include "tests/metrics/tensors.hpp"

#include <ATen/record_function.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <sstream>
#include <string>

namespace rraebench {
namespace {

using namespace testing;  // NOLINT: rraebench::testing
using ::testing::HasSubstr;

struct Labelled {
  torch::Tensor images;  // N x 1 x 9 x 12, float32 in [0, 1].
  torch::Tensor labels;
};

/// Three classes: a bright band at one of three heights, in noise.
Labelled bands(std::int64_t count, std::uint64_t seed) {
  auto generator = seeded_generator(seed);
  auto images = 0.3 * torch::rand({count, 1, 9, 12}, generator);
  const auto labels = torch::randint(3, {count}, generator, torch::kInt64);
  for (std::int64_t i = 0; i < count; ++i)
    images[i].slice(1, 3 * labels[i].item<std::int64_t>(), 3 * labels[i].item<std::int64_t>() + 3) += 0.7;
  return {images, labels};
}

ClassifierTraining short_training() {
  ClassifierTraining training;
  training.seed = 5;
  training.epochs = 4;
  training.batch_size = 32;
  return training;
}

bool same_parameters(const ClassifierNet& a, const ClassifierNet& b) {
  const auto first = a->parameters();
  const auto second = b->parameters();
  for (std::size_t i = 0; i < first.size(); ++i)
    if (!torch::equal(first[i], second[i])) return false;
  return first.size() == second.size();
}

/// How often LibTorch convolves while `work` is done, in any thread.
std::int64_t count_convolutions(const std::function<void()>& work) {
  static std::atomic<std::int64_t> count;
  count = 0;
  const auto count_one = [](const at::RecordFunction& call) -> std::unique_ptr<at::ObserverContext> {
    if (call.name() == std::string("aten::conv2d")) ++count;
    return nullptr;
  };
  const auto handle =
      at::addGlobalCallback(at::RecordFunctionCallback(count_one).scopes({at::RecordScope::FUNCTION}));
  work();
  at::removeCallback(handle);
  return count;
}

TEST(Classifier, LearnsAndIsSureOfWhatItLearnt) {
  const auto train = bands(330, 1);
  const auto test = bands(200, 2);
  std::vector<std::int64_t> steps;
  double last_loss = 0.0;
  auto training = short_training();
  training.progress = [&](std::int64_t step, std::int64_t of, double loss) {
    EXPECT_EQ(of, 40);  // 4 epochs of 10 whole batches.
    steps.push_back(step);
    last_loss = loss;
  };
  const auto net = train_classifier(train.images, train.labels, training);
  EXPECT_EQ(steps.size(), 40u);
  EXPECT_EQ(steps.back(), 40);
  EXPECT_LT(last_loss, 0.3);
  EXPECT_GT(classifier_accuracy(net, test.images, test.labels), 0.97);

  const ClassifierExtractor extractor(net);
  const auto [features, probabilities] = extractor.extract(test.images);
  EXPECT_EQ(features.sizes(), at::IntArrayRef({200, 128}));
  EXPECT_GE(features.min().item<double>(), 0.0);
  EXPECT_FALSE(features.requires_grad());
  EXPECT_EQ(probabilities.sizes(), at::IntArrayRef({200, 3}));
  EXPECT_FALSE(probabilities.requires_grad());
  EXPECT_LT(mean_entropy(probabilities), 0.5);
}

TEST(Classifier, GivesFeaturesAndProbabilitiesOfOnePass) {
  const auto images = bands(150, 8).images;  // Two batches and a part of one.
  ClassifierNet net(ClassifierShape{1, 9, 12, 3});
  FeatureRows rows;
  EXPECT_EQ(count_convolutions([&] { rows = ClassifierExtractor(net).extract(images); }), 3 * 2);

  const OneThread one_thread;
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> features;
  std::vector<torch::Tensor> probabilities;
  for (const auto& batch : images.split(64)) {
    features.push_back(net->features(batch));
    probabilities.push_back(net->forward(batch).softmax(1));
  }
  EXPECT_TRUE(torch::equal(rows.features, torch::cat(features)));
  EXPECT_TRUE(torch::equal(rows.probabilities, torch::cat(probabilities)));
}

TEST(Classifier, SameSeedSameNetworkAndTheGlobalGeneratorRests) {
  const auto train = bands(100, 3);
  auto training = short_training();
  training.epochs = 1;
  const auto state = at::detail::getDefaultCPUGenerator().get_state();
  const auto first = train_classifier(train.images, train.labels, training);
  EXPECT_TRUE(torch::equal(at::detail::getDefaultCPUGenerator().get_state(), state));
  torch::rand({3});  // Wherever the global generator stands.
  EXPECT_TRUE(same_parameters(first, train_classifier(train.images, train.labels, training)));
  training.seed = 6;
  EXPECT_FALSE(same_parameters(first, train_classifier(train.images, train.labels, training)));
}

TEST(Classifier, BytesAreValuesTimes255) {
  const auto train = bands(64, 4);
  const auto bytes = (train.images * 255.0).round().clamp(0, 255).to(torch::kUInt8);
  auto training = short_training();
  training.epochs = 1;
  const auto from_bytes = train_classifier(bytes, train.labels, training);
  EXPECT_TRUE(same_parameters(from_bytes,
                              train_classifier(bytes.to(torch::kFloat32) / 255.0, train.labels, training)));
}

TEST(Classifier, FewerImagesThanABatchAreOneBatch) {
  const auto train = bands(10, 5);
  auto training = short_training();
  training.classes = 7;
  std::int64_t steps = 0;
  training.progress = [&](std::int64_t, std::int64_t, double) { ++steps; };
  EXPECT_EQ(train_classifier(train.images, train.labels, training)->shape().classes, 7);
  EXPECT_EQ(steps, 4);
}

TEST(Classifier, SavedAndLoadedGivesTheSameFeatures) {
  const auto train = bands(64, 6);
  auto training = short_training();
  training.epochs = 1;
  const auto net = train_classifier(train.images, train.labels, training);
  std::stringstream file;
  torch::save(net, file);
  ClassifierNet loaded(net->shape());
  torch::load(loaded, file);
  const ClassifierExtractor extractor(loaded);
  EXPECT_TRUE(
      torch::equal(extractor.features(train.images), ClassifierExtractor(net).features(train.images)));
  EXPECT_EQ(extractor.state().size(), 8u);
}

TEST(Classifier, FeaturesDoNotDependOnTheOtherSamples) {
  const auto images = bands(600, 7).images;  // More than one batch.
  const ClassifierExtractor extractor(ClassifierNet(ClassifierShape{1, 9, 12, 3}));
  const auto features = extractor.features(images);
  EXPECT_LT(largest_difference(features.slice(0, 512), extractor.features(images.slice(0, 512))), 1e-6);
  EXPECT_LT(largest_difference(features.slice(0, 590), extractor.features(images.slice(0, 590))), 1e-5);
}

TEST(Classifier, RefusesWhatItCannotLearn) {
  const auto images = torch::zeros({4, 1, 9, 12});
  const auto labels = torch::tensor({0, 1, 2, 0}, torch::kInt64);
  EXPECT_THAT(complaint([&] { train_classifier(torch::zeros({4, 12}), labels); }), HasSubstr("[4, 12]"));
  EXPECT_THAT(complaint([&] { train_classifier(images.to(torch::kInt64), labels); }), HasSubstr("Long"));
  EXPECT_THAT(complaint([&] { train_classifier(torch::Tensor(), labels); }), HasSubstr("no images"));
  EXPECT_THAT(complaint([&] { train_classifier(images, torch::Tensor()); }), HasSubstr("pca:K"));
  EXPECT_THAT(complaint([&] { train_classifier(images, labels.slice(0, 1)); }), HasSubstr("4 int64 labels"));
  EXPECT_THAT(complaint([&] { train_classifier(images, labels - 1); }), HasSubstr("-1 is negative"));
  EXPECT_THAT(complaint([&] { train_classifier(images, torch::zeros_like(labels)); }),
              HasSubstr("1 classes"));
  ClassifierTraining training;
  training.classes = 2;
  EXPECT_THAT(complaint([&] { train_classifier(images, labels, training); }),
              HasSubstr("label 2 with 2 classes"));
  training = {};
  training.epochs = 0;
  EXPECT_THAT(complaint([&] { train_classifier(images, labels, training); }), HasSubstr("epochs"));
  EXPECT_THROW(train_classifier(torch::full_like(images, kNan), labels), std::runtime_error);
  const ClassifierExtractor extractor(ClassifierNet(ClassifierShape{1, 9, 12, 3}));
  EXPECT_THAT(complaint([&] { extractor.features(torch::zeros({2, 1, 12, 9})); }), HasSubstr("1 x 9 x 12"));
  EXPECT_THAT(complaint([&] { extractor.extract(torch::zeros({2, 108})); }), HasSubstr("[108]"));
}

}  // namespace
}  // namespace rraebench
