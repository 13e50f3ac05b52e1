#include "metrics/extractors/classifier.hpp"

#include "metrics/one_thread.hpp"
#include "metrics/tensors.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/nn/functional/loss.h>
#include <torch/optim/adam.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace rraebench {
namespace {

constexpr std::int64_t kClassifierBatch = 64;

std::int64_t halved(std::int64_t size) {
  return (size + 1) / 2;
}  // By a convolution of stride 2, padding 1.

const ClassifierShape& checked(const ClassifierShape& shape) {
  if (shape.channels < 1 || shape.height < 1 || shape.width < 1 || shape.classes < 2)
    throw std::invalid_argument(c10::str("classifier: images of ", shape.channels, " x ", shape.height, " x ",
                                         shape.width, " in ", shape.classes,
                                         " classes; it takes sizes of 1 and classes of 2 or more"));
  return shape;
}

torch::nn::Conv2d halving_convolution(std::int64_t from, std::int64_t to) {
  return torch::nn::Conv2d(torch::nn::Conv2dOptions(from, to, 3).stride(2).padding(1));
}

/// Modules draw their first parameters from the global generator: seeds it, and puts it back in the end.
class GlobalSeedScope {
 public:
  explicit GlobalSeedScope(std::uint64_t seed) : generator_(at::detail::getDefaultCPUGenerator()) {
    const std::lock_guard<std::mutex> lock(generator_.mutex());
    state_ = generator_.get_state();
    generator_.set_current_seed(seed);
  }
  ~GlobalSeedScope() {
    const std::lock_guard<std::mutex> lock(generator_.mutex());
    generator_.set_state(state_);
  }
  GlobalSeedScope(const GlobalSeedScope&) = delete;
  GlobalSeedScope& operator=(const GlobalSeedScope&) = delete;

 private:
  torch::Generator generator_;
  torch::Tensor state_;
};

/// Checks images and labels; returns the largest label.
std::int64_t check_labelled(const torch::Tensor& images, const torch::Tensor& labels) {
  if (!images.defined() || images.dim() != 4 || images.size(0) == 0 ||
      (!images.is_floating_point() && images.scalar_type() != torch::kUInt8))
    throw std::invalid_argument(
        images.defined()
            ? c10::str("classifier: expected N x C x H x W images, uint8 or floating point, got ",
                       images.scalar_type(), " of shape ", images.sizes())
            : "classifier: no images were given");
  if (!labels.defined() || labels.dim() != 1 || labels.scalar_type() != torch::kInt64 ||
      labels.size(0) != images.size(0))
    throw std::invalid_argument(labels.defined()
                                    ? c10::str("classifier: expected ", images.size(0), " int64 labels, got ",
                                               labels.scalar_type(), " of shape ", labels.sizes())
                                    : "classifier: no labels were given; data without labels takes 'pca:K'");
  if (labels.min().item<std::int64_t>() < 0)
    throw std::invalid_argument(
        c10::str("classifier: label ", labels.min().item<std::int64_t>(), " is negative"));
  return labels.max().item<std::int64_t>();
}

torch::Tensor to_unit_interval(const torch::Tensor& images) {
  const auto values = images.to(torch::kFloat32);
  return images.scalar_type() == torch::kUInt8 ? values / 255.0 : values;
}

ClassifierNet seeded_net(const ClassifierShape& shape, std::uint64_t seed) {
  const GlobalSeedScope scope(seed);
  return ClassifierNet(shape);
}

}  // namespace

ClassifierNetImpl::ClassifierNetImpl(const ClassifierShape& shape)
    : shape_(checked(shape)),
      first_(register_module("first", halving_convolution(shape.channels, 32))),
      second_(register_module("second", halving_convolution(32, 64))),
      hidden_(register_module(
          "hidden",
          torch::nn::Linear(64 * halved(halved(shape.height)) * halved(halved(shape.width)), kFeatures))),
      output_(register_module("output", torch::nn::Linear(kFeatures, shape.classes))) {}

torch::Tensor ClassifierNetImpl::features(const torch::Tensor& images) {
  const auto maps = torch::relu(second_(torch::relu(first_(images))));
  return torch::relu(hidden_(maps.flatten(1)));
}

ClassifierNet train_classifier(const torch::Tensor& images, const torch::Tensor& labels,
                               const ClassifierTraining& training) {
  const auto largest_label = check_labelled(images, labels);
  const auto classes = training.classes > 0 ? training.classes : largest_label + 1;
  if (largest_label >= classes)
    throw std::invalid_argument(c10::str("classifier: label ", largest_label, " with ", classes, " classes"));
  if (training.epochs < 1 || training.batch_size < 1 || !(training.learning_rate > 0.0))
    throw std::invalid_argument(
        "classifier: epochs and batch size must be 1 or more, the learning rate above 0");

  const OneThread one_thread;
  const torch::AutoGradMode with_gradients(true);
  auto net = seeded_net({images.size(1), images.size(2), images.size(3), classes}, training.seed);
  net->to(images.device());
  net->train();
  torch::optim::Adam optimiser(net->parameters(), torch::optim::AdamOptions(training.learning_rate));
  auto generator = seeded_generator(training.seed);

  const auto count = images.size(0);
  const auto batch_size = std::min(training.batch_size, count);
  const auto steps_per_epoch = count / batch_size;
  const auto steps = steps_per_epoch * training.epochs;
  for (std::int64_t step = 0; step < steps;) {
    const auto order = torch::randperm(count, generator, torch::kInt64).to(images.device());
    for (std::int64_t i = 0; i < steps_per_epoch; ++i) {
      const auto rows = order.slice(0, i * batch_size, (i + 1) * batch_size);
      optimiser.zero_grad();
      const auto loss =
          torch::nn::functional::cross_entropy(net(to_unit_interval(images.index_select(0, rows))),
                                               labels.to(images.device()).index_select(0, rows));
      loss.backward();
      optimiser.step();
      const auto loss_value = loss.item<double>();
      ++step;
      if (!std::isfinite(loss_value))
        throw std::runtime_error(c10::str("classifier: the loss is ", loss_value, " after step ", step,
                                          "; check the images or lower the learning rate"));
      if (training.progress) training.progress(step, steps, loss_value);
    }
  }
  net->eval();
  return net;
}

double classifier_accuracy(ClassifierNet net, const torch::Tensor& images, const torch::Tensor& labels) {
  check_labelled(images, labels);
  const torch::NoGradGuard no_grad;
  const auto device = net->parameters().front().device();
  std::int64_t right = 0;
  for (std::int64_t begin = 0; begin < images.size(0); begin += kClassifierBatch) {
    const auto end = std::min(begin + kClassifierBatch, images.size(0));
    const auto logits = net(to_unit_interval(images.slice(0, begin, end).to(device)));
    right += (logits.argmax(1) == labels.slice(0, begin, end).to(device)).sum().item<std::int64_t>();
  }
  return static_cast<double>(right) / static_cast<double>(images.size(0));
}

ClassifierExtractor::ClassifierExtractor(ClassifierNet net)
    : FeatureExtractor(kClassifierBatch), net_(std::move(net)) {
  net_->eval();
}

std::vector<torch::Tensor> ClassifierExtractor::state() const {
  return net_->parameters();
}

void ClassifierExtractor::check_sample_shape(at::IntArrayRef shape) const {
  const auto& own = net_->shape();
  if (shape != at::IntArrayRef({own.channels, own.height, own.width}))
    throw std::invalid_argument(c10::str("classifier: made for images of ", own.channels, " x ", own.height,
                                         " x ", own.width, ", got samples of shape ", shape));
}

torch::Device ClassifierExtractor::device() const {
  return net_->parameters().front().device();
}

FeatureRows ClassifierExtractor::extract_batch(const torch::Tensor& batch) const {
  const auto features = net_->features(batch.to(device(), torch::kFloat32));
  return {features, net_->logits(features).softmax(1)};
}

}  // namespace rraebench
