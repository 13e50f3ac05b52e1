#pragma once
// Implements: the feature extractor `classifier`: a small CNN trained on the data set's own labels.

#include "metrics/extractors/extractor.hpp"

#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>

#include <cstdint>
#include <functional>

namespace rraebench {

/// What fixes the network's shape; needed again to load saved parameters.
struct ClassifierShape {
  std::int64_t channels = 1;
  std::int64_t height = 28;
  std::int64_t width = 28;
  std::int64_t classes = 10;
};

/// 3x3 convolutions of stride 2 and padding 1 to 32 and 64 channels and Linear to 128, each with ReLU; Linear
/// to the classes.
class ClassifierNetImpl : public torch::nn::Module {
 public:
  static constexpr std::int64_t kFeatures = 128;

  /// Throws std::invalid_argument for a shape without values or with fewer than two classes.
  explicit ClassifierNetImpl(const ClassifierShape& shape);

  /// N x C x H x W -> N x 128: the last hidden layer, after its ReLU.
  torch::Tensor features(const torch::Tensor& images);
  /// N x 128 -> N x classes.
  torch::Tensor logits(const torch::Tensor& features) { return output_(features); }
  /// N x C x H x W -> N x classes, logits.
  torch::Tensor forward(const torch::Tensor& images) { return logits(features(images)); }

  const ClassifierShape& shape() const { return shape_; }

 private:
  ClassifierShape shape_;
  torch::nn::Conv2d first_;
  torch::nn::Conv2d second_;
  torch::nn::Linear hidden_;
  torch::nn::Linear output_;
};
TORCH_MODULE(ClassifierNet);

struct ClassifierTraining {
  std::uint64_t seed = 0;
  std::int64_t epochs = 1;
  std::int64_t batch_size = 64;  // The ragged last batch of an epoch is left out, unless it is the only one.
  double learning_rate = 1e-3;   // Of Adam.
  std::int64_t classes = 0;      // 0: the largest label + 1.
  std::function<void(std::int64_t step, std::int64_t steps, double loss)>
      progress;  // After each step; may be empty.
};

/// `images`: N x C x H x W, floating point in [0, 1] or uint8 (byte / 255), N > 0; `labels`: N int64 in [0,
/// classes). The same seed gives the same network, to the bit with any number of threads: it trains on one.
/// The global generator is left as it was. Throws std::invalid_argument for other shapes, types or labels,
/// std::runtime_error if the loss is not finite.
ClassifierNet train_classifier(const torch::Tensor& images, const torch::Tensor& labels,
                               const ClassifierTraining& training = {});

/// Share in [0, 1] of images whose largest logit is their label's. Arguments as for train_classifier.
double classifier_accuracy(ClassifierNet net, const torch::Tensor& images, const torch::Tensor& labels);

/// Features: the 128 activations before the output layer; class probabilities: softmax of the logits. Values
/// outside [0, 1] are taken as they are.
class ClassifierExtractor final : public FeatureExtractor {
 public:
  explicit ClassifierExtractor(ClassifierNet net);

  std::vector<torch::Tensor> state() const override;

 private:
  void check_sample_shape(at::IntArrayRef shape) const override;
  FeatureRows extract_batch(const torch::Tensor& batch) const override;
  torch::Device device() const override;

  mutable ClassifierNet net_;  // A module's forward is not const; in evaluation it changes nothing.
};

}  // namespace rraebench
